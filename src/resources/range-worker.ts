import { parentPort, workerData } from 'node:worker_threads';
import { toDocrowError } from '../errors/to-docrow-error.ts';
import { RangeCopier } from './range-copier.ts';
import { toSentError, type WorkerReply, type WorkerRequest, type WorkerSetup } from './worker-messages.ts';

// Entry of a worker thread. Coverage does not see code in workers: what can be elsewhere is elsewhere.
const port = parentPort!;
const reply = (message: WorkerReply): void => port.postMessage(message);
const copier = new RangeCopier(workerData as WorkerSetup, reply);

port.on('message', (request: WorkerRequest) => {
  if (request.kind === 'stop') {
    copier.stop(request.how);
    return;
  }
  copier.copy(request.task).then(
    (isFinished) => reply({ kind: 'done', isFinished }),
    (error: unknown) => reply({ kind: 'failed', error: toSentError(toDocrowError(error)) }),
  );
});
