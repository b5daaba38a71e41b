import type { RunEvent } from '../../pipeline/run-event.ts';
import { printable } from '../../report/text/printable.ts';
import { describeEvent } from './describe-event.ts';
import { describeLoaded, describeProgress } from './describe-progress.ts';
import type { Progress } from './progress.ts';
import { type Clock, RunBoard } from './run-board.ts';
import { SyncBoard } from './sync-board.ts';
import { SyncLines } from './sync-lines.ts';

const intervalMs = 5000;

/** Lines for a log: what happened, and every five seconds where each collection and step stands that moves. */
export const createPlainProgress = (write: (text: string) => void, clock: Clock): Progress => {
  const board = new RunBoard(clock);
  const syncBoard = new SyncBoard(clock);
  const syncLines = new SyncLines(syncBoard);
  const say = (line: string): void => write(`${line}\n`);
  const timer = setInterval(() => {
    const now = clock();
    for (const line of board.active()) say(`${printable(line.collection)}: ${describeProgress(line, now)}`);
    for (const step of board.runningSteps()) say(`${printable(step)} …`);
    const synced = syncLines.next(now);
    if (synced !== undefined) say(synced);
  }, intervalMs);
  // The display must not keep a finished process alive.
  timer.unref();

  const take = (event: RunEvent): void => {
    board.take(event);
    syncBoard.take(event);
    if (event.kind === 'collection-loaded' || event.kind === 'collection-read') {
      say(describeLoaded(board.collection(event.collection), clock()));
    }
    const line = describeEvent(event);
    if (line !== undefined) say(line);
  };
  return Object.assign(take, { close: () => clearInterval(timer) });
};
