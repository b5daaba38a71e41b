import { extendedJsonText } from '../../bson/extended-json.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { Difference, TableComparison } from '../../report/validation-report.ts';
import { documentKeyTable, type RowFinding, rowBuckets } from '../../target/row-comparer.ts';
import { excerpts } from './excerpts.ts';
import type { DocumentFindings } from './row-look.ts';

/** So many differences of a collection are kept; all are counted. */
export const keptDifferences = 1_000;
/** So many documents are remembered whose rows nothing but their key leads to. */
const keptUntraceable = 100_000;

/** When a difference was seen first, and whether it stood still. */
export type SeenState = Pick<Difference, 'state' | 'firstSeenAt'>;

class TableTally {
  expected = 0;
  missing = 0;
  extra = 0;
  changed = 0;
  /** Rows that were seen, by bucket. */
  readonly seen = new Int32Array(rowBuckets);
  seenRows = 0;
}

/** Adds up what comparing the rows of a collection finds. */
export class RowTally {
  readonly #mapping: CollectionMapping;
  readonly #tables: ReadonlyMap<string, TableTally>;
  readonly differences: Difference[] = [];
  /** Keys of documents whose rows cannot be led back to them, as `JSON.stringify` of their values. */
  readonly untraceable = new Set<string>();
  documents = 0;
  /** Documents that should have rows. */
  expectedDocuments = 0;
  #truncated = false;

  constructor(mapping: CollectionMapping) {
    this.#mapping = mapping;
    const names = [...mapping.tables.map(({ name }) => name), documentKeyTable];
    this.#tables = new Map(names.map((name) => [name, new TableTally()]));
  }

  /** Whether further differences are only counted. */
  get isFull(): boolean {
    return this.differences.length >= keptDifferences;
  }

  get isTruncated(): boolean {
    return this.#truncated;
  }

  tally(table: string): TableTally {
    return this.#tables.get(table)!;
  }

  addSeen(seen: readonly (readonly number[])[]): void {
    for (const [index, buckets] of seen.entries()) {
      const { name } = this.#mapping.tables[index]!;
      for (const bucket of buckets) this.#see(name, bucket);
    }
  }

  #see(table: string, bucket: number): void {
    const tally = this.tally(table);
    tally.seen[bucket]!++;
    tally.seenRows++;
  }

  /** Adds a document with what is wrong with its rows. */
  addDocument(
    { id, isExpected, expectedRows, findings, mayKeepRows }: DocumentFindings,
    state: SeenState,
  ): void {
    if (isExpected) {
      this.expectedDocuments++;
      this.tally(documentKeyTable).expected++;
    }
    for (const [index, rows] of expectedRows.entries()) {
      this.tally(this.#mapping.tables[index]!.name).expected += rows;
    }
    for (const finding of findings) {
      if (finding.bucket !== undefined && !isExpected) this.#see(finding.table, finding.bucket);
      if (isExpected) this.#rememberUntraceable(finding);
      if (mayKeepRows) this.tally(finding.table).expected++;
      else this.addFinding(finding, id, state);
    }
  }

  addFinding(
    { table, kind, key, cells }: Pick<RowFinding, 'table' | 'kind' | 'key' | 'cells'>,
    id: Uint8Array | undefined,
    state: SeenState,
  ): void {
    const tally = this.tally(table);
    const { collection } = this.#mapping;
    const row = { collection, table, key, ...(id === undefined ? {} : { id: idText(id) }), ...state };
    if (kind === 'changed-row') {
      tally.changed++;
      for (const { column, expected, actual } of cells) {
        this.#keep({ kind: 'changed-value', ...row, column, ...excerpts(expected, actual) });
      }
      return;
    }
    if (kind === 'missing-row') tally.missing++;
    else tally.extra++;
    this.#keep({ kind, ...row });
  }

  /** Counts rows that are too many or too few without telling which; they get one difference between them. */
  addUnnamed(table: string, kind: 'missing-row' | 'extra-row', rows: number, state: SeenState): void {
    if (rows <= 0) return;
    this.addFinding({ table, kind, key: {}, cells: [] }, undefined, state);
    const tally = this.tally(table);
    if (kind === 'missing-row') tally.missing += rows - 1;
    else tally.extra += rows - 1;
  }

  /** Counts rows that are too many while further differences are not kept. */
  addUncounted(table: string, rows: number): void {
    this.tally(table).extra += rows;
    if (rows > 0) this.#truncated = true;
  }

  tables(): readonly TableComparison[] {
    return [...this.#tables].flatMap(([table, { expected, missing, extra, changed }]) => {
      if (table === documentKeyTable && missing + extra === 0) return [];
      const actualRows = expected - missing + extra;
      return [{ table, expectedRows: expected, actualRows, missing, extra, changed }];
    });
  }

  #keep(difference: Difference): void {
    if (this.isFull) this.#truncated = true;
    else this.differences.push(difference);
  }

  #rememberUntraceable({ table, kind, key }: RowFinding): void {
    const root = this.#mapping.tables[0]!;
    const isRoot = table === root.name || table === documentKeyTable;
    if (!isRoot || kind !== 'missing-row' || this.untraceable.size >= keptUntraceable) return;
    this.untraceable.add(JSON.stringify(root.key.map((name) => key[name] ?? null)));
  }
}

/** Canonical Extended JSON of the value in a BSON document `{_id: value}`. */
function idText(id: Uint8Array): string {
  const view = new DataView(id.buffer, id.byteOffset, id.byteLength);
  // Length (4), type byte, "_id" with its zero byte: the value begins at 9.
  return extendedJsonText(id[4] ?? 0, id, view, 9);
}
