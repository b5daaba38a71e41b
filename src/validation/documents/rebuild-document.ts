import type { CollectionMapping, ColumnMapping, DocumentPath, TableMapping } from '../../mapping/mapping.ts';
import { takesElement } from '../../values/row-source.ts';
import { type BsonTree, type DocumentTree, fieldOf } from './bson-tree.ts';
import { parseJson } from './json-node.ts';
import { readCell } from './read-cell.ts';
import { type JsonReading, readJson, readObject } from './read-json.ts';

/** A row as texts: the columns in the mapping's order, then the rest column where there is one; null is NULL. */
export type TextRow = readonly (string | null)[];

/** What rows say about one place in a document. Several columns may hold one place, and each says what it can. */
export class RebuiltNode {
  /** What single columns, or the rest column, hold of this place as a whole. */
  readonly holders: BsonTree[] = [];
  /** What columns and the rest column hold of the fields below. */
  readonly children = new Map<string, RebuiltNode>();
  /** Of each child table whose array stands here, a node per row. */
  readonly lists: (readonly RebuiltNode[])[] = [];
  /** A column or child table that would hold this place says that there is nothing. */
  isSaidMissing = false;
  /** It is known that a document stood here, even where nothing of it is left. */
  isDocument = false;
  /** A row stands for this place: it was an element of an array. */
  isRow = false;
  /** The row has a column that takes the element whole, so that NULL in it is a null. */
  takesElement = false;

  child(key: string): RebuiltNode {
    let child = this.children.get(key);
    if (child === undefined) {
      child = new RebuiltNode();
      this.children.set(key, child);
    }
    return child;
  }

  at(path: DocumentPath | readonly []): RebuiltNode {
    let node: RebuiltNode = this;
    for (const key of path) node = node.child(key);
    return node;
  }
}

/** A stored row with the rows of its child tables, in the order of their elements. */
export interface RowTree {
  readonly values: TextRow;
  readonly below: ReadonlyMap<TableMapping, readonly RowTree[]>;
}

const restReading: JsonReading = {
  style: 'canonical',
  isBinary: true,
  restoreText: (text) => text,
  isRest: true,
};

/**
 * Makes a document again from its rows, by the mapping alone: values of columns at their paths (of a list of paths, at
 * the first), what the rest column has merged in, and the rows of child tables as arrays.
 */
export function rebuildDocument(mapping: CollectionMapping, row: RowTree): RebuiltNode {
  return rebuildRow(mapping, mapping.tables[0]!, row);
}

function rebuildRow(mapping: CollectionMapping, table: TableMapping, row: RowTree): RebuiltNode {
  const node = new RebuiltNode();
  node.isRow = true;
  node.takesElement = takesElement(table);
  for (const [index, column] of table.columns.entries()) {
    const path = pathOfColumn(column);
    if (path === undefined) continue;
    const tree = readCell(row.values[index] ?? null, column);
    if (tree !== undefined) node.at(path).holders.push(tree);
    else node.at(path).isSaidMissing = true;
  }
  const children = mapping.tables.filter(({ each }) => each?.parent === table.name);
  for (const child of children) {
    const rows = row.below.get(child) ?? [];
    const list = rows.map((one) => rebuildRow(mapping, child, one));
    const isElement = child.each!.path.length === 0;
    if (list.length > 0 || isElement) node.at(child.each!.path).lists.push(list);
    else node.at(child.each!.path).isSaidMissing = true;
  }
  const rest = table.rest === undefined ? null : row.values[table.columns.length];
  if (rest !== null && rest !== undefined) {
    const mayBeElement =
      node.takesElement ||
      table.each?.mismatch === 'rest' ||
      children.some(({ each }) => each!.path.length === 0);
    addRest(node, rest, takenPaths(table, children), mayBeElement);
  }
  return node;
}

/** Where the value of a column goes back to; undefined where it tells nothing of the document. */
function pathOfColumn({ from, transform }: ColumnMapping): DocumentPath | readonly [] | undefined {
  // What a transform made has no way back.
  if (transform !== undefined) return undefined;
  if (from.some(({ kind }) => kind === 'item')) return [];
  return from.find((source) => source.kind === 'path')?.path;
}

const takenPaths = (table: TableMapping, children: readonly TableMapping[]): readonly DocumentPath[] => [
  ...table.columns.flatMap(({ from }) =>
    from.flatMap((source) => (source.kind === 'path' ? [source.path] : [])),
  ),
  ...children.map(({ each }) => each!.path),
];

/** @param mayBeElement the rest column may hold an element of another kind than a document */
function addRest(
  node: RebuiltNode,
  text: string,
  paths: readonly DocumentPath[],
  mayBeElement: boolean,
): void {
  const json = parseJson(text);
  if (json === undefined) return;
  const tree =
    mayBeElement || json.kind !== 'object'
      ? readJson(json, restReading)
      : readObject(json.fields, restReading);
  // Beside a column that takes the element whole, the rest column has it whole as well.
  if (tree.type === 'document' && !node.takesElement) mergeRest(node, tree, paths);
  else node.holders.push(tree);
}

/** @param paths taken ones: what is left of a document on the way to one stands beside what columns have of it */
function mergeRest(node: RebuiltNode, document: DocumentTree, paths: readonly DocumentPath[]): void {
  node.isDocument = true;
  for (const key of new Set(document.fields.map(([name]) => name))) {
    const value = fieldOf(document, key)!;
    const below = paths.flatMap(([first, ...more]) => (first === key && more.length > 0 ? [more] : []));
    if (below.length > 0 && value.type === 'document') mergeRest(node.child(key), value, below);
    else node.child(key).holders.push(value);
  }
}
