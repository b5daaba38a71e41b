import Table from 'cli-table3';
import { printable } from './printable.ts';
import type { Paint, Style } from './style.ts';
import { wrap } from './wrap.ts';

export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** May be narrowed to this width, wrapping its text, when the table is too wide; the last such column first. */
  readonly narrowest?: number;
  /** Left out when the table is too wide even so: highest number first. */
  readonly dispensable?: number;
}

export interface TableCell {
  /** Several texts stand below each other. */
  readonly text: string | readonly string[];
  readonly paint?: Paint;
}

export type TableRow = readonly (string | TableCell)[];

const gap = 2;

/**
 * A table without frames: a heading, a rule, rows, and a total below a second rule. Fits into `style.width` by
 * narrowing columns and leaving out dispensable ones. Texts are made safe for a terminal here.
 */
export const renderTable = (
  style: Style,
  columns: readonly TableColumn[],
  rows: readonly TableRow[],
  total?: TableRow,
): string => {
  const lines = total === undefined ? rows : [...rows, total];
  const layout = layOut(columns, lines, style.width);
  const table = new Table({
    chars: noFrame,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': gap },
    colWidths: layout.map(({ width }) => width + gap),
    wordWrap: true,
  });
  const rule = layout.map(({ width }) => style.dim('─'.repeat(width)));
  const push = (row: TableRow): void => {
    const cells = layout.map(({ index, column, width }) => ({
      content: cellTexts(row[index])
        .flatMap((text) => wrap(text, width))
        .map(cellPaint(row[index]))
        .join('\n'),
      hAlign: column.align ?? 'left',
    }));
    table.push(cells);
  };
  push(columns.map(({ title }) => ({ text: title, paint: style.bold })));
  table.push(rule);
  for (const row of rows) push(row);
  if (total !== undefined) {
    table.push(rule);
    push(total);
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
};

interface Placed {
  readonly index: number;
  readonly column: TableColumn;
  readonly width: number;
}

const layOut = (
  columns: readonly TableColumn[],
  rows: readonly TableRow[],
  room: number,
): readonly Placed[] => {
  const widest = (index: number, title: string): number =>
    rows.reduce(
      (most, row) => Math.max(most, ...cellTexts(row[index]).map((text) => text.length)),
      title.length,
    );
  let placed: Placed[] = columns.map((column, index) => ({
    index,
    column,
    width: widest(index, column.title),
  }));
  const excess = (): number => placed.reduce((sum, { width }) => sum + width + gap, -gap) - room;
  const shrinkable = (): number =>
    placed.reduce((sum, { column, width }) => sum + Math.max(0, width - (column.narrowest ?? width)), 0);

  while (excess() > shrinkable()) {
    const rank = Math.max(...placed.map(({ column }) => column.dispensable ?? 0));
    if (rank === 0) break;
    placed = placed.filter(({ column }) => column.dispensable !== rank);
  }
  for (let at = placed.length - 1; at >= 0 && excess() > 0; at--) {
    const { column, width } = placed[at]!;
    const least = Math.min(width, column.narrowest ?? width);
    placed[at] = { ...placed[at]!, width: Math.max(least, width - excess()) };
  }
  return placed;
};

const cellTexts = (cell: string | TableCell | undefined): readonly string[] => {
  const text = typeof cell === 'string' ? cell : (cell?.text ?? '');
  return (typeof text === 'string' ? [text] : text).map(printable);
};

const cellPaint = (cell: string | TableCell | undefined): Paint =>
  typeof cell === 'object' && cell.paint !== undefined ? cell.paint : (text) => text;

const noFrame = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
