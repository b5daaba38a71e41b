import type { LossKind } from '../../losses/loss-kind.ts';
import type { DocumentLoss } from '../../losses/loss-tally.ts';
import type { CollectionMapping, ColumnMapping, TableMapping } from '../../mapping/mapping.ts';
import type { PlainTableRows } from '../../values/plain-outcome.ts';
import { type BsonTree, documentTree } from './bson-tree.ts';
import { OriginalComparison, type RebuildProblem } from './compare-with-original.ts';
import { parseJson } from './json-node.ts';
import { pairRows, type RowPair } from './pair-rows.ts';
import { readCell } from './read-cell.ts';
import { readJson } from './read-json.ts';
import { rebuildDocument, type TextRow } from './rebuild-document.ts';
import { isSameCell, restType } from './same-cell.ts';

export interface StoredDocument {
  /** Rows per table, in the order of the mapping. */
  readonly rows: readonly (readonly TextRow[])[];
  /** The `_id` that is kept beside the rows, where no column leads back to it. */
  readonly id: BsonTree | undefined;
}

export interface RoundTrip {
  readonly verdict: 'equal' | 'declared' | 'undeclared';
  readonly problems: readonly RebuildProblem[];
}

export interface RoundTripOptions {
  /** What the mapping loses of this document. */
  readonly losses: readonly DocumentLoss[];
  /** Columns with `orphans: "null"` may be NULL, since a reference of this document was cleared. */
  readonly isCleared: boolean;
}

/**
 * Makes one document again from its stored rows and compares it with what it was.
 *
 * What cannot be turned back (transforms, hashes, defaults, what policies took away) counts as declared only when the
 * column holds what the plain conversion makes of the document; so every cell that holds something of the document has
 * to be as converted, besides.
 * @param document exactly one BSON document
 * @param given what the plain conversion makes of it
 */
export function compareDocument(
  document: Buffer,
  mapping: CollectionMapping,
  stored: StoredDocument,
  given: readonly PlainTableRows[],
  { losses, isCleared }: RoundTripOptions,
): RoundTrip {
  const original = documentTree(document);
  const { pairs, extra, root } = pairRows(mapping, stored.rows, given);
  // Without its row nothing of the document comes back.
  if (root === undefined) return { verdict: 'undeclared', problems: [wholeDocument] };
  const rebuilt = rebuildDocument(mapping, root);
  if (stored.id !== undefined) rebuilt.child('_id').holders.push(stored.id);
  const comparison = new OriginalComparison(kindsByPath(losses));
  comparison.compare(original, rebuilt);
  let isLossy = comparison.hasLoss || losses.some(isMadeId);

  let problems: RebuildProblem[] = comparison.problems;
  const add = (problem: RebuildProblem): void => {
    if (!problems.some(({ path }) => covers(path, problem.path) || covers(problem.path, path)))
      problems.push(problem);
  };
  for (const table of extra) {
    const path = pathOfTable(mapping, table);
    add({ path, place: path, original: undefined, rebuilt: { type: 'document', fields: [] } });
  }
  for (const pair of pairs) {
    for (const problem of changedCells(mapping, pair)) {
      if (isCleared && problem.isCleared) {
        const before = problems.length;
        problems = problems.filter(
          ({ path, rebuilt: back }) => path !== problem.path || (back !== undefined && back.type !== 'null'),
        );
        isLossy ||= before > problems.length;
      } else add(problem);
    }
  }
  return { verdict: problems.length > 0 ? 'undeclared' : isLossy ? 'declared' : 'equal', problems };
}

const wholeDocument: RebuildProblem = { path: '', place: '', original: undefined, rebuilt: undefined };

const covers = (path: string, other: string): boolean => path === other || other.startsWith(`${path}.`);

/** The source made the `_id` of a document that had none. */
const isMadeId = ({ path, kind }: DocumentLoss): boolean => path === '_id' && kind === 'filled-in';

function kindsByPath(losses: readonly DocumentLoss[]): ReadonlyMap<string, ReadonlySet<LossKind>> {
  const byPath = new Map<string, Set<LossKind>>();
  for (const { path, kind } of losses) {
    const kinds = byPath.get(path);
    if (kinds === undefined) byPath.set(path, new Set([kind]));
    else kinds.add(kind);
  }
  return byPath;
}

/** Path of the arrays that a child table is made from, from the document's root. */
function pathOfTable(mapping: CollectionMapping, table: TableMapping): string {
  const steps: string[] = [];
  for (let one: TableMapping | undefined = table; one?.each !== undefined; ) {
    const { each }: TableMapping = one;
    steps.unshift(...each!.path);
    one = mapping.tables.find(({ name }) => name === each!.parent);
  }
  return steps.join('.');
}

interface ChangedCell extends RebuildProblem {
  /** The column is NULL, as it is when its reference was cleared. */
  readonly isCleared: boolean;
}

/** Cells that hold something of the document, and not what the plain conversion puts there. */
function changedCells(mapping: CollectionMapping, { table, stored, given }: RowPair): readonly ChangedCell[] {
  const base = pathOfTable(mapping, table);
  const at = (path: readonly string[]): string => [...(base === '' ? [] : [base]), ...path].join('.');
  const cells = table.columns.flatMap((column, index): ChangedCell[] => {
    const path = documentPath(column);
    const [actual, expected] = [stored[index] ?? null, given[index] ?? null];
    if (path === undefined || isSameCell(actual, expected, column.type)) return [];
    return [
      {
        path: at(path),
        place: at(path),
        original: readCell(expected, column),
        rebuilt: readCell(actual, column),
        isCleared: actual === null && column.references?.orphans === 'null',
      },
    ];
  });
  const index = table.columns.length;
  const [actual, expected] = [stored[index] ?? null, given[index] ?? null];
  if (table.rest === undefined || isSameCell(actual, expected, restType)) return cells;
  const [before, after] = [restTree(expected), restTree(actual)];
  const path = at(
    before?.type === 'document' && after?.type === 'document' ? differingKey(before, after) : [],
  );
  return [...cells, { path, place: path, original: before, rebuilt: after, isCleared: false }];
}

/** The path that a column is about; empty for the element, undefined where it takes nothing of the document. */
function documentPath({ from }: ColumnMapping): readonly string[] | undefined {
  if (from.some(({ kind }) => kind === 'item')) return [];
  return from.find((source) => source.kind === 'path')?.path;
}

function restTree(text: string | null): BsonTree | undefined {
  const node = text === null ? undefined : parseJson(text);
  const reading = {
    style: 'canonical',
    isBinary: true,
    isRest: true,
    restoreText: (same: string) => same,
  } as const;
  return node === undefined ? undefined : readJson(node, reading);
}

type Fields = Extract<BsonTree, { readonly type: 'document' }>;

/** The first key under which two documents differ. */
function differingKey(a: Fields, b: Fields): readonly string[] {
  const texts = (fields: Fields): ReadonlyMap<string, string> =>
    new Map(fields.fields.map(([key, value]) => [key, JSON.stringify(value)]));
  const [left, right] = [texts(a), texts(b)];
  const key = [...left.keys(), ...right.keys()].find((one) => left.get(one) !== right.get(one));
  return key === undefined ? [] : [key];
}
