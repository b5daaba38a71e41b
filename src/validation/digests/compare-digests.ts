import { type RangeRecord, rowsOf } from '../../checkpoint/checkpoint-store.ts';
import { collectionCounts } from '../../checkpoint/collection-counts.ts';
import type { DigestForm } from '../../digest/digest-form.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { DigestPlan, TableSums } from '../../target/digest-reader.ts';
import { chooseDigestForm } from './choose-form.ts';
import type { DigestParts } from './create-digester.ts';
import { type Exceptions, readExceptions } from './exceptions.ts';
import type { ExpectedSums } from './expected-sums.ts';
import { type StrayRows, SuspectSearch } from './find-suspects.ts';
import { ExpectedReader } from './read-expected.ts';
import { runTogether } from './run-together.ts';

const documentsPerBucket = 1_000;
const fewestBuckets = 256;
const mostBuckets = 65_536;
/** With more documents in buckets that differ, looking for those that do costs more than comparing all. */
const mostToSearch = 1_000_000;

export interface TableDigests {
  readonly table: string;
  /** Of documents that digests cannot judge, as many as there are. */
  readonly expectedRows: number;
  readonly actualRows: number;
  /** Numbers of the buckets whose rows or sums are not equal. */
  readonly differingBuckets: readonly number[];
}

export type DigestOutcome =
  /** Why digests cannot be compared, as a whole sentence: the rows themselves have to be. */
  { readonly kind: 'unavailable'; readonly reason: string } | ComparedDigests;

export interface ComparedDigests {
  readonly kind: 'compared';
  readonly form: DigestForm;
  readonly buckets: number;
  /** Documents in the source now. `refused` have no rows, because they do not fit or were set aside. */
  readonly documents: { readonly read: number; readonly filtered: number; readonly refused: number };
  readonly tables: readonly TableDigests[];
  /** All buckets are equal. There may be documents all the same that digests cannot judge, see `suspects`. */
  readonly isEqual: boolean;
  /** Documents whose rows digests cannot judge; they are among the suspects. */
  readonly unjudged: number;
  /**
   * `_id`s of the documents to be compared row by row, each once: those in differing buckets whose rows do not add up,
   * of both sides, and those that digests cannot judge. `all` when there are too many to look for. May be called once.
   */
  suspects(): 'all' | AsyncIterable<readonly Uint8Array[]>;
  /** Rows that no `_id` can be told of; known when `suspects` was read to its end. */
  strays(): readonly StrayRows[];
  readonly seconds: number;
}

/**
 * Compares a collection with its tables by the sums of 64-bit row digests per bucket: the target adds up its rows while
 * the source is read and encoded here. Writes nothing but what a later call needs to go on after a kill.
 * @throws DocrowError `interrupted`, and what source and target report
 */
export async function compareDigests(parts: DigestParts, mapping: CollectionMapping): Promise<DigestOutcome> {
  const startedAt = performance.now();
  const { store, run, reader, digests } = parts;
  const { collection } = mapping;
  const record = (await store.collections(run.runId)).find((one) => one.collection === collection);
  if (record === undefined) return unavailable(`${collection} has not been loaded by this run`);
  if (mapping.tables.some(({ name }) => rowsOf(record.rowsBefore, name) > 0)) {
    return unavailable(
      `The tables of ${collection} held rows before the load, which are in the same sums as those of the run`,
    );
  }
  const form = await chooseDigestForm(reader, parts.forms);
  if (form === undefined) {
    return unavailable(
      'The server does not compute the digests that docrow does, or has no functions for them',
    );
  }
  const { loaded } = await collectionCounts(store, run.runId, record);
  const plan = { form, buckets: bucketCount(loaded) };
  const ranges = await store.ranges(run.runId, collection);
  const exceptions = await readExceptions(parts, mapping, plan);
  const { expected, actual } = await readBothSides(parts, mapping, plan, exceptions, ranges);
  const tables = actual.map(({ table, rows, sums }, index) => ({
    table,
    expectedRows: expected.sums[index]!.allRows() + rows - sums.allRows(),
    actualRows: rows,
    differingBuckets: differing(expected.sums[index]!, sums),
  }));
  await digests.forgetRanges(run.runId, collection);
  const buckets = [...new Set(tables.flatMap(({ differingBuckets }) => differingBuckets))].map((bucket) => ({
    bucket,
    documents: Math.max(expected.sums[0]!.rows(bucket), actual[0]!.sums.rows(bucket)),
  }));
  const search = new SuspectSearch(parts, { mapping, plan, exceptions, ranges, expected, buckets });
  const toSearch = buckets.reduce((sum, { documents }) => sum + documents, 0);
  const { read, filtered, refused } = expected;
  return {
    kind: 'compared',
    ...plan,
    documents: { read, filtered, refused },
    tables,
    isEqual: buckets.length === 0,
    unjudged: exceptions.unjudged.length,
    suspects: () => (toSearch > mostToSearch ? 'all' : search.find()),
    strays: () => search.strays,
    seconds: (performance.now() - startedAt) / 1000,
  };
}

const unavailable = (reason: string): DigestOutcome => ({ kind: 'unavailable', reason });

/** A power of two, so that each bucket holds about a thousand documents. */
function bucketCount(documents: number): number {
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, documents / documentsPerBucket)));
  return Math.min(mostBuckets, Math.max(fewestBuckets, wanted));
}

const differing = (expected: ExpectedSums['sums'][number], actual: TableSums['sums']): readonly number[] =>
  Array.from({ length: expected.count }, (_, bucket) => bucket).filter(
    (bucket) => expected.rows(bucket) !== actual.rows(bucket) || expected.sum(bucket) !== actual.sum(bucket),
  );

/** Both sides at once: they work on different machines, or at least on different cores. */
async function readBothSides(
  parts: DigestParts,
  mapping: CollectionMapping,
  plan: DigestPlan,
  exceptions: Exceptions,
  ranges: readonly RangeRecord[],
): Promise<{ readonly expected: ExpectedSums; readonly actual: readonly TableSums[] }> {
  const reader = new ExpectedReader(parts, mapping, plan, exceptions.sets);
  const [expected, actual] = await runTogether<[ExpectedSums, readonly TableSums[]]>(parts.signal, [
    (signal) => reader.read(ranges, signal),
    (signal) => parts.reader.bucketSums(mapping, plan, [...exceptions.sets.leftOut], signal),
  ]);
  return { expected, actual };
}
