import { parentPort, workerData } from 'node:worker_threads';
import { toDocrowError } from '../errors/to-docrow-error.ts';
import { RangeCopier } from './range-copier.ts';
import { RangeDigester } from './range-digester.ts';
import { OwnInput } from './range-input.ts';
import type { RangeWork } from './range-work.ts';
import { toSentError, type WorkerReply, type WorkerRequest, type WorkerSetup } from './worker-messages.ts';

// Entry of a worker thread. Coverage does not see code in workers: what can be elsewhere is elsewhere.
const port = parentPort!;
const reply = (message: WorkerReply<unknown, unknown>): void => port.postMessage(message);
const { work: kind, setup } = workerData as WorkerSetup;
// Tasks come from a pool that was made with the same setup.
const work = (kind === 'copy' ? new RangeCopier(setup) : new RangeDigester(new OwnInput(setup))) as RangeWork<
  unknown,
  unknown,
  unknown
>;

port.on('message', (request: WorkerRequest<unknown>) => {
  if (request.kind === 'stop') {
    work.stop(request.how);
    return;
  }
  work
    .run(request.task, (note) => reply({ kind: 'note', note }))
    .then(
      (result) => reply({ kind: 'done', result }),
      (error: unknown) => reply({ kind: 'failed', error: toSentError(toDocrowError(error)) }),
    );
});
