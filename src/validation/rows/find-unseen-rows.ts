import type { CollectionMapping } from '../../mapping/mapping.ts';
import { documentKeyTable, type RowKey, type UnseenRow } from '../../target/row-comparer.ts';
import { type Settled, settleDifferences } from '../settle-differences.ts';
import { ExpectedDocuments } from './expected-documents.ts';
import { idKey, judgeByIds } from './judge-by-ids.ts';
import { keptDifferences, type RowTally, type SeenState } from './row-tally.ts';
import type { RowsParts } from './rows-parts.ts';

/** In a file, looking for some documents takes as long as reading all of them. */
const rowsPerRead = { mongo: 1_000, dump: 20_000, export: 20_000 } as const;

const now = (): SeenState => ({ state: 'standing', firstSeenAt: new Date().toISOString() });

/**
 * Finds the rows that no document made. Where the tables have as many rows as were seen with the documents there are
 * none; else they are in those buckets of keys that have more rows than were seen, and each row of these is led back to
 * its document.
 * @param rowsBefore rows that were in each table before the run
 */
export async function findUnseenRows(
  parts: RowsParts,
  mapping: CollectionMapping,
  tally: RowTally,
  rowsBefore: readonly number[],
): Promise<void> {
  const counted = await parts.comparer.countRows(mapping, parts.signal);
  const hasRowsBefore = rowsBefore.some((rows) => rows > 0);
  const isLive = parts.run.identity.kind === 'mongo';
  for (const [index, table] of mapping.tables.entries()) {
    const unseen = counted.tables[index]! - tally.tally(table.name).seenRows - rowsBefore[index]!;
    // Rows were met by more documents than they can belong to.
    if (unseen < 0 && !hasRowsBefore && !isLive) tally.addUnnamed(table.name, 'missing-row', -unseen, now());
    if (unseen <= 0) continue;
    if (hasRowsBefore) tally.addUnnamed(table.name, 'extra-row', unseen, now());
    else await new UnseenSearch(parts, mapping, tally, index).run(unseen);
  }
  if (counted.documentKeys !== undefined && !hasRowsBefore) {
    await findUnseenKeys(parts, mapping, tally, counted.documentKeys, isLive);
  }
}

/** Finds pairs of `_id` and key that lead to no row, and counts those that are too many otherwise. */
async function findUnseenKeys(
  { comparer, signal }: RowsParts,
  mapping: CollectionMapping,
  tally: RowTally,
  pairs: number,
  isLive: boolean,
): Promise<void> {
  const { expected, missing, extra } = tally.tally(documentKeyTable);
  const unseen = pairs - (expected - missing) - extra;
  if (unseen <= 0) return;
  const ids = (await comparer.idsWithoutRow(mapping, Math.min(unseen, keptDifferences), signal)).slice(
    0,
    unseen,
  );
  for (const id of ids) {
    tally.addFinding({ table: documentKeyTable, kind: 'extra-row', key: {}, cells: [] }, id, now());
  }
  if (!isLive) tally.addUnnamed(documentKeyTable, 'extra-row', unseen - ids.length, now());
}

/** A row that no document made. */
interface ExtraRow {
  readonly key: RowKey;
  readonly id: Uint8Array | undefined;
}

class UnseenSearch {
  readonly #parts: RowsParts;
  readonly #mapping: CollectionMapping;
  readonly #tally: RowTally;
  readonly #table: number;
  readonly #name: string;
  #waiting: UnseenRow[] = [];
  #named = 0;

  constructor(parts: RowsParts, mapping: CollectionMapping, tally: RowTally, table: number) {
    this.#parts = parts;
    this.#mapping = mapping;
    this.#tally = tally;
    this.#table = table;
    this.#name = mapping.tables[table]!.name;
  }

  get #kind(): 'mongo' | 'dump' | 'export' {
    return this.#parts.run.identity.kind;
  }

  /** @param unseen rows that the table has besides those that were seen */
  async run(unseen: number): Promise<void> {
    const { comparer, signal } = this.#parts;
    const { seen } = this.#tally.tally(this.#name);
    const take = async (rows: readonly UnseenRow[]): Promise<boolean> => {
      for (const row of rows) this.#waiting.push(row);
      if (this.#waiting.length >= rowsPerRead[this.#kind]) await this.#judge();
      return this.#wantsMore(unseen);
    };
    if (this.#wantsMore(unseen)) {
      await comparer.findUnseen(this.#mapping, this.#table, seen, take, signal);
      await this.#judge();
    }
    const rest = unseen - this.#named;
    if (!this.#wantsMore(unseen)) this.#tally.addUncounted(this.#name, Math.max(0, rest));
    else if (this.#kind !== 'mongo') this.#tally.addUnnamed(this.#name, 'extra-row', rest, now());
  }

  #wantsMore(unseen: number): boolean {
    return !this.#tally.isFull && this.#named < unseen;
  }

  async #judge(): Promise<void> {
    const rows = this.#waiting;
    this.#waiting = [];
    const extra = await this.#extraRows(rows);
    const settled = this.#kind === 'mongo' ? await this.#settle(rows, extra) : undefined;
    for (const row of extra) {
      const again = settled?.get(rowKey(row.key));
      if (settled !== undefined && again?.finding === undefined) continue;
      this.#named++;
      const state = again === undefined ? now() : { state: again.state, firstSeenAt: again.firstSeenAt };
      this.#tally.addFinding(
        { table: this.#name, kind: 'extra-row', key: row.key, cells: [] },
        row.id,
        state,
      );
    }
  }

  /** Looks again whether the rows are there and still nobody's. */
  async #settle(
    rows: readonly UnseenRow[],
    extra: readonly ExtraRow[],
  ): Promise<ReadonlyMap<string, Settled<ExtraRow>>> {
    const { comparer, signal, pausesMs } = this.#parts;
    const byKey = new Map(rows.map((row) => [rowKey(row.key), row]));
    const seenAt = new Date();
    const suspects = extra.map((row) => ({ key: rowKey(row.key), sides: '', finding: row, seenAt }));
    const lookAgain = async (keys: readonly string[]) => {
      const again = keys.map((key) => byKey.get(key)!);
      const isThere = await comparer.rowsExist(
        this.#mapping,
        this.#table,
        again.map(({ key }) => key),
      );
      const still = await this.#extraRows(again.filter((_, index) => isThere[index]));
      return still.map((row) => ({ key: rowKey(row.key), sides: '', finding: row }));
    };
    const settled = await settleDifferences(suspects, lookAgain, signal, pausesMs);
    return new Map(settled.map((one) => [one.key, one]));
  }

  /** Which of the rows were made by no document that has them by right. */
  async #extraRows(rows: readonly UnseenRow[]): Promise<readonly ExtraRow[]> {
    const { comparer } = this.#parts;
    const root = this.#mapping.tables[0]!;
    const ids = rows.flatMap((row) => row.ids);
    const expected = new ExpectedDocuments(this.#parts, this.#mapping);
    /** Of each `_id` in the source: the keys that its documents should have. */
    const keys = new Map<string, (readonly (string | null)[])[]>();
    const places = root.key.map((name) => root.columns.findIndex((column) => column.name === name));
    for await (const { asked, document } of judgeByIds(
      this.#parts,
      this.#mapping.collection,
      expected,
      ids,
    )) {
      if (!document.isInSource) continue;
      const known = keys.get(idKey(asked)) ?? [];
      const row = document.rows?.[0]?.[0];
      if (row !== undefined) known.push(places.map((place) => row[place] ?? null));
      keys.set(idKey(asked), known);
    }
    const pairs = rows.flatMap((row, index) =>
      row.ids.flatMap((id) => (keys.get(idKey(id)) ?? []).map((a) => ({ index, a, b: row.documentKey }))),
    );
    const equal = await comparer.equalKeys(this.#mapping, pairs);
    const rightful = new Set(pairs.filter((_, place) => equal[place]).map(({ index }) => index));
    return rows.flatMap((row, index) => {
      const wasSeen =
        rightful.has(index) ||
        (row.ids.length === 0 && this.#tally.untraceable.has(JSON.stringify(row.documentKey))) ||
        // What leads back to a document that should have no rows was found with it.
        row.ids.some((id) => keys.get(idKey(id))?.length === 0);
      return wasSeen ? [] : [{ key: row.key, id: row.ids[0] }];
    });
  }
}

const rowKey = (key: RowKey): string => JSON.stringify(key);
