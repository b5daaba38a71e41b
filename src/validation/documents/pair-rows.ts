import type { CollectionMapping, TableMapping } from '../../mapping/mapping.ts';
import type { PlainTableRows } from '../../values/plain-outcome.ts';
import type { RowTree, TextRow } from './rebuild-document.ts';
import { comparableText } from './same-cell.ts';

/** A stored row and the one that the plain conversion makes in its place. */
export interface RowPair {
  readonly table: TableMapping;
  readonly stored: TextRow;
  readonly given: TextRow;
}

export interface PairedRows {
  readonly pairs: readonly RowPair[];
  /** Tables with stored rows that nothing of the document becomes. */
  readonly extra: readonly TableMapping[];
  /** The stored rows as a tree; undefined when the root table has none. */
  readonly root: RowTree | undefined;
}

/** A stored row, and its place among those that the conversion makes; after all of them when it has none. */
interface PlacedRow {
  readonly values: TextRow;
  readonly place: number;
}

/**
 * Pairs the stored rows of a document with those that it becomes, by their keys, and links rows to their parents. The
 * order of child rows is that of their `$index` column; where there is none, that of the document.
 * @param stored rows per table, in the order of the mapping
 */
export function pairRows(
  mapping: CollectionMapping,
  stored: readonly (readonly TextRow[])[],
  given: readonly PlainTableRows[],
): PairedRows {
  const pairs: RowPair[] = [];
  const extra: TableMapping[] = [];
  const placed = new Map<TableMapping, readonly PlacedRow[]>();
  for (const [index, table] of mapping.tables.entries()) {
    const waiting = groupBy([...given[index]!.rows.entries()], ([, row]) => keyOf(table, table.key, row));
    const rows = (stored[index] ?? []).map((values): PlacedRow => {
      const found = waiting.get(keyOf(table, table.key, values))?.shift();
      if (found === undefined) {
        extra.push(table);
        return { values, place: Number.MAX_SAFE_INTEGER };
      }
      pairs.push({ table, stored: values, given: found[1] });
      return { values, place: found[0] };
    });
    placed.set(table, inOrder(table, rows));
  }
  const [root] = mapping.tables;
  const [first] = placed.get(root!)!;
  return { pairs, extra, root: first && linkRows(mapping, placed, root!, first.values) };
}

function inOrder({ columns }: TableMapping, rows: readonly PlacedRow[]): readonly PlacedRow[] {
  const position = columns.findIndex(({ from }) => from.some(({ kind }) => kind === 'index'));
  const positionOf = ({ values }: PlacedRow): number => (position < 0 ? 0 : Number(values[position]));
  return [...rows].sort((a, b) => positionOf(a) - positionOf(b) || a.place - b.place);
}

function linkRows(
  mapping: CollectionMapping,
  placed: ReadonlyMap<TableMapping, readonly PlacedRow[]>,
  root: TableMapping,
  values: TextRow,
): RowTree {
  const childTables = mapping.tables.flatMap((table) =>
    table.each === undefined
      ? []
      : [
          {
            table,
            each: table.each,
            byParent: groupBy(placed.get(table)!, (row) => keyOf(table, table.each!.parentKey, row.values)),
          },
        ],
  );
  const link = (table: TableMapping, row: TextRow): RowTree => {
    const own = keyOf(table, table.key, row);
    const below = childTables
      .filter(({ each }) => each.parent === table.name)
      .map(({ table: child, byParent }): readonly [TableMapping, readonly RowTree[]] => [
        child,
        (byParent.get(own) ?? []).map((one) => link(child, one.values)),
      ]);
    return { values: row, below: new Map(below) };
  };
  return link(root, values);
}

/** A text that is the same for rows with the same values in some columns. */
function keyOf({ columns }: TableMapping, names: readonly string[], row: TextRow): string {
  const texts = names.map((name) => {
    const index = columns.findIndex((column) => column.name === name);
    const text = row[index] ?? null;
    return text === null ? null : comparableText(text, columns[index]!.type);
  });
  return JSON.stringify(texts);
}

function groupBy<T>(items: readonly T[], keyOfItem: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOfItem(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
