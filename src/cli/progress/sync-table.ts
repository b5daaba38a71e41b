import type { SyncedCollection } from '../../pipeline/run-event.ts';
import { printable } from '../../report/text/printable.ts';
import { formatCount, formatLag, formatRate } from '../../report/text/quantities.ts';
import type { SyncBoard } from './sync-board.ts';
import { standing } from './sync-lines.ts';

const leastName = 14;
const mostName = 40;
const gap = 2;

interface Column {
  readonly title: string;
  readonly width: number;
  readonly text: (collection: SyncedCollection) => string;
  /** Left out where there is little room. */
  readonly isDispensable?: boolean;
}

const columns: readonly Column[] = [
  { title: 'Lag', width: 11, text: ({ lagSeconds }) => formatLag(lagSeconds) },
  { title: 'Events', width: 8, text: ({ eventsPerSecond }) => formatRate(eventsPerSecond) },
  { title: 'Changed', width: 11, text: ({ changed }) => formatCount(changed) },
  { title: 'Deleted', width: 9, text: ({ deleted }) => formatCount(deleted), isDispensable: true },
  { title: 'Set aside', width: 9, text: ({ rejected }) => formatCount(rejected) },
];

/** Up to when the source's changes are in the tables. Less than `width` characters; so are the lines below. */
export const syncHeadline = (board: SyncBoard, now: number, width: number): string =>
  board.latest === undefined ? '' : cut(standing(board, board.latest, now), width - 1);

/** The titles above the lines of the collections. */
export const syncTitles = (width: number): string => {
  const { shown, nameWidth } = layOut(width);
  return lineOf(
    'Collection'.padEnd(nameWidth),
    shown.map(({ title, width: room }) => title.padStart(room)),
    width,
  );
};

/** One collection, in columns. While nothing is heard its lag and speed are not known. */
export const syncRow = (board: SyncBoard, name: string, width: number): string => {
  const collection = board.latest?.collections.find((each) => each.collection === name);
  if (collection === undefined) return '';
  const { shown, nameWidth } = layOut(width);
  const cells = shown.map(({ title, text, width: room }) =>
    (title === 'Lag' && board.isStopped(name) ? 'stopped' : text(collection)).padStart(room),
  );
  return lineOf(cut(printable(name), nameWidth).padEnd(nameWidth), cells, width);
};

const layOut = (width: number): { readonly shown: readonly Column[]; readonly nameWidth: number } => {
  const room = (kept: readonly Column[]): number =>
    width - 1 - kept.reduce((sum, column) => sum + column.width + gap, 0);
  const shown =
    room(columns) >= leastName ? columns : columns.filter(({ isDispensable }) => isDispensable !== true);
  return { shown, nameWidth: Math.min(mostName, Math.max(leastName, room(shown))) };
};

const lineOf = (name: string, cells: readonly string[], width: number): string =>
  cut([name, ...cells].join(' '.repeat(gap)), width - 1);

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
