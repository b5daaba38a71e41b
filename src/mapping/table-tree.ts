import type { MappingFile } from './mapping-file.ts';
import type { WrittenTable } from './mapping-schema.ts';
import type { ReadMapping } from './read-written-mapping.ts';
import { suggestion } from './suggestion.ts';

/** A written table and its place among the tables of its file. */
export interface PlacedTable {
  readonly name: string;
  readonly written: WrittenTable;
  /** The parent's name as written; undefined for the root table, and where there is no telling. */
  readonly parent: string | undefined;
}

/**
 * The tables of a file as a tree: the root table first, parents before their children, otherwise as written. Reports
 * when there is not one root, and parents that are none; tables without a place come last.
 */
export function placeTables(file: MappingFile, read: ReadMapping): readonly PlacedTable[] {
  const { tables } = read.written;
  const names = Object.keys(tables);
  const [root, ...moreRoots] = names.filter((name) => tables[name]?.each === undefined);
  checkRoots(root, moreRoots, file, read);

  const waiting: PlacedTable[] = Object.entries(tables).map(([name, written]) => {
    const { each, parent = root } = written;
    if (each !== undefined) return { name, written, parent: checkParent(name, parent, file, read) };
    if (written.parent !== undefined) {
      file.report(['tables', name, 'parent'], '"parent" needs "each", the path of an array in it', 'key');
    }
    return { name, written, parent: undefined };
  });
  const placed: PlacedTable[] = [];
  const take = (isNext: (table: PlacedTable) => boolean): boolean => {
    const next = waiting.findIndex(isNext);
    if (next === -1) return false;
    placed.push(...waiting.splice(next, 1));
    return true;
  };
  take(({ name }) => name === root);
  const isPlaced = ({ parent }: PlacedTable): boolean => placed.some(({ name }) => name === parent);
  while (take(isPlaced));
  while (take((table) => table.parent === undefined || isPlaced(table)));
  for (const { name, parent } of waiting.filter((table) => isBelowItself(table, waiting))) {
    file.report(
      ['tables', name, 'parent'],
      `the parents of "${name}" lead back to itself by way of "${parent}"`,
    );
  }
  return [...placed, ...waiting.map((table) => ({ ...table, parent: undefined }))];
}

function isBelowItself({ name, parent }: PlacedTable, tables: readonly PlacedTable[]): boolean {
  let above = parent;
  for (let steps = 0; steps < tables.length && above !== name; steps++) {
    above = tables.find((table) => table.name === above)?.parent;
  }
  return above === name;
}

function checkRoots(
  root: string | undefined,
  more: readonly string[],
  file: MappingFile,
  read: ReadMapping,
): void {
  if (root === undefined && !read.hasBrokenTable) {
    const problem =
      Object.keys(read.written.tables).length === 0
        ? 'a collection needs a table'
        : 'a collection needs a root table, one without "each", which gets a row per document';
    file.report(['tables'], problem, 'key');
  }
  for (const name of more) {
    const problem = `a collection has one root table, and that is "${root}"; a child table has "each", the path of its array`;
    file.report(['tables', name], problem, 'key');
  }
}

/** The parent when it is in the file, and could be read. */
function checkParent(
  name: string,
  parent: string | undefined,
  file: MappingFile,
  read: ReadMapping,
): string | undefined {
  const { tables } = read.written;
  if (parent === undefined || read.isBroken(parent)) return undefined;
  if (Object.hasOwn(tables, parent)) return parent;
  const others = Object.keys(tables).filter((other) => other !== name);
  file.report(
    ['tables', name, 'parent'],
    `there is no table "${parent}" in this file${suggestion(parent, others)}`,
  );
  return undefined;
}
