import { MultiBar, type SingleBar } from 'cli-progress';
import type { RunEvent } from '../../pipeline/run-event.ts';
import { printable } from '../../report/text/printable.ts';
import { wrap } from '../../report/text/wrap.ts';
import { barLine } from './bar-line.ts';
import { describeEvent } from './describe-event.ts';
import { describeLoaded } from './describe-progress.ts';
import type { Progress, ProgressStream } from './progress.ts';
import { type Clock, RunBoard } from './run-board.ts';
import { SyncBoard } from './sync-board.ts';
import { syncHeadline, syncRow, syncTitles } from './sync-table.ts';

/** A line on the screen. */
interface Payload {
  /** Less than the width of the screen. */
  readonly draw: () => string;
}

/**
 * One bar per collection that is being loaded, and a line for the steps after it; while changes are followed a table
 * of where each collection stands. What is finished moves up as a line of text, so that the bars never fill the screen.
 * They vanish at the end: the report says it all again.
 */
export const createBarsProgress = (stream: ProgressStream, clock: Clock): Progress => {
  const board = new RunBoard(clock);
  const syncBoard = new SyncBoard(clock);
  const width = (): number => stream.columns ?? 80;
  const render = (_options: unknown, _params: unknown, { draw }: Payload): string => draw();
  const screen = new MultiBar({
    stream,
    format: render,
    fps: 8,
    hideCursor: true,
    clearOnComplete: true,
    // Signals are the command's business: the run has a chunk to finish.
    gracefulExit: false,
    linewrap: false,
    // Lines of text push the bars down, so that an unchanged one has to be drawn again too.
    forceRedraw: true,
  });
  const bars = new Map<string, SingleBar>();
  let steps: SingleBar | undefined;
  const synced = new Set<string>();

  const add = (draw: () => string): SingleBar => screen.create(1, 0, { draw } satisfies Payload);
  const show = (collection: string): void => {
    const mostBars = Math.max(1, (stream.rows ?? 24) - 4);
    if (bars.has(collection) || bars.size >= mostBars) return;
    bars.set(
      collection,
      add(() => barLine(board.collection(collection), clock(), width())),
    );
  };
  const hide = (collection: string): void => {
    const bar = bars.get(collection);
    if (bar !== undefined) screen.remove(bar);
    bars.delete(collection);
  };
  const showSteps = (): void => {
    if (board.runningSteps().length > 0) steps ??= add(() => stepsLine(board.runningSteps(), width()));
    else if (steps !== undefined) {
      screen.remove(steps);
      steps = undefined;
    }
  };
  const showSynced = (): void => {
    const names = syncBoard.latest?.collections.map(({ collection }) => collection) ?? [];
    if (synced.size === 0 && names.length > 0) add(() => syncTitles(width()));
    const mostLines = Math.max(1, (stream.rows ?? 24) - 6);
    for (const name of names) {
      if (synced.has(name)) continue;
      synced.add(name);
      if (synced.size <= mostLines) add(() => syncRow(syncBoard, name, width()));
      else if (synced.size === mostLines + 1) add(() => `… and ${synced.size - mostLines} more`);
    }
  };
  const say = (line: string): void => {
    // cli-progress prints what is logged with its next redraw, which it makes from the first bar on.
    for (const part of wrap(line, width() - 1)) {
      if (screen.isActive) screen.log(`${part}${eraseToEnd}\n`);
      else stream.write(`${part}\n`);
    }
  };

  const take = (event: RunEvent): void => {
    board.take(event);
    const isFirst = syncBoard.latest === undefined;
    syncBoard.take(event);
    const line = describeEvent(event);
    if (line !== undefined) say(line);
    const isRead = event.kind === 'collection-loaded' || event.kind === 'collection-read';
    if (isRead) say(describeLoaded(board.collection(event.collection), clock()));
    if (event.kind === 'chunk-committed' || event.kind === 'documents-read') show(event.collection);
    if (isRead || event.kind === 'collection-stopped') hide(event.collection);
    if (event.kind === 'sync-progress') {
      if (isFirst) add(() => syncHeadline(syncBoard, clock(), width()));
      showSynced();
    }
    if (event.kind === 'step-started' || event.kind === 'step-finished') showSteps();
  };
  const close = (): void => {
    if (!screen.isActive) return;
    // `stop` forgets lines that wait for the next redraw.
    screen.update();
    screen.stop();
  };
  return Object.assign(take, { close });
};

/** A line of text may fall on a bar that was longer. */
const eraseToEnd = '\u001b[K';

const stepsLine = (steps: readonly string[], width: number): string => {
  const text = steps.length === 0 ? '' : `Building  ${steps.map(printable).join(', ')}`;
  return text.length < width ? text : `${text.slice(0, width - 2)}…`;
};
