import process from 'node:process';
import { runCli } from '../../../src/cli/run-cli.ts';
import { processTerminal } from '../../../src/cli/terminal.ts';
import { DocrowError } from '../../../src/errors/docrow-error.ts';
import { MemoryUseCases } from './memory-use-cases.ts';

/** docrow as a process, over use cases in memory: `migrate` waits until it is told to stop, or for ever. */
const useCases = new MemoryUseCases();
useCases.migrate = async (_settings, { onEvent, signal }) => {
  onEvent({ kind: 'run-started', runId: '3f2a9c1e', resumed: false, workers: 1 });
  // An open handle, as a socket would be one.
  const handle = setInterval(() => undefined, 1000);
  await new Promise<void>((done) => {
    if (process.env['STOP_AT'] === 'hard') signal.hard.addEventListener('abort', () => done());
  });
  clearInterval(handle);
  throw new DocrowError('interrupted', 'Stopped');
};

process.stdout.on('error', () => undefined);
process.exit(await runCli(processTerminal(), useCases));
