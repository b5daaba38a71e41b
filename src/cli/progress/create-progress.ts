import type { RunEvent } from '../../pipeline/run-event.ts';
import { createBarsProgress } from './bars-progress.ts';
import { stoppingLine } from './describe-event.ts';
import { createJsonProgress } from './json-progress.ts';
import { createPlainProgress } from './plain-progress.ts';
import type { Progress, ProgressMode, ProgressStream } from './progress.ts';
import type { Clock } from './run-board.ts';

/**
 * Shows a run on `stream`: `auto` draws bars on a terminal and writes lines elsewhere. That a stop was understood
 * is said once, in every mode: it answers a key press.
 */
export const createProgress = (
  mode: ProgressMode,
  stream: ProgressStream,
  clock: Clock = () => performance.now(),
): Progress => {
  const inner = createForMode(mode, stream, clock);
  let closed = false;
  let stopping = false;
  const take = (event: RunEvent): void => {
    if (closed || (event.kind === 'stopping' && stopping)) return;
    if (event.kind === 'stopping') stopping = true;
    inner(event);
  };
  const close = (): void => {
    if (!closed) inner.close();
    closed = true;
  };
  return Object.assign(take, { close });
};

const createForMode = (mode: ProgressMode, stream: ProgressStream, clock: Clock): Progress => {
  const write = (text: string): void => void stream.write(text);
  switch (mode) {
    case 'auto':
      return stream.isTTY === true ? createBarsProgress(stream, clock) : createPlainProgress(write, clock);
    case 'plain':
      return createPlainProgress(write, clock);
    case 'json':
      return createJsonProgress(write);
    case 'none':
      return createSilentProgress(write);
  }
};

const createSilentProgress = (write: (text: string) => void): Progress => {
  const take = (event: RunEvent): void => {
    if (event.kind === 'stopping') write(`${stoppingLine(event.signal)}\n`);
  };
  return Object.assign(take, { close: () => undefined });
};
