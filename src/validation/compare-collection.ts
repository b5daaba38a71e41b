import type { CollectionRecord } from '../checkpoint/checkpoint-store.ts';
import { collectionCounts } from '../checkpoint/collection-counts.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import { reachFailPoint } from '../pipeline/fail-point.ts';
import type { CollectionComparison, Difference, TableComparison } from '../report/validation-report.ts';
import type { AggregateParts } from './aggregates/aggregate-columns.ts';
import { compareCounts } from './compare-counts.ts';
import { type ComparedDigests, compareDigests } from './digests/compare-digests.ts';
import type { DigestParts } from './digests/create-digester.ts';
import { compareDocuments } from './documents/compare-documents.ts';
import type { DocumentsParts } from './documents/documents-parts.ts';
import { compareRows, type RowsOutcome } from './rows/compare-rows.ts';
import type { RowsParts } from './rows/rows-parts.ts';

export type CollectionParts = RowsParts & DigestParts & DocumentsParts & AggregateParts;

export interface ComparedCollection {
  readonly comparison: CollectionComparison;
  readonly differences: readonly Difference[];
  readonly truncated: boolean;
  /** Nothing differs that stood still while it was looked at. */
  readonly isEqual: boolean;
}

/** Differences of one collection that are kept. */
const mostDifferences = 1_000;

type Compared = Omit<CollectionComparison, 'collection' | 'seconds' | 'rejected' | 'filtered'> &
  Omit<ComparedCollection, 'comparison' | 'isEqual'>;

/**
 * Compares one collection with its tables at a level above counts. Digests that differ, or cannot be had, lead to the
 * rows themselves; the level that was reached is in the result.
 */
export async function compareCollection(
  parts: CollectionParts,
  mapping: CollectionMapping,
  record: CollectionRecord,
  level: 'digests' | 'rows' | 'documents',
): Promise<ComparedCollection> {
  const startedAt = performance.now();
  const compared =
    level === 'digests' ? await byDigests(parts, mapping, record) : await byRows(parts, mapping, record);
  const { differences, truncated, ...comparison } =
    level === 'documents' ? await withRoundTrip(parts, mapping, compared) : compared;
  const { rejected, filtered } = record.isSynced
    ? await countsNow(parts, mapping.collection, comparison)
    : await collectionCounts(parts.store, parts.run.runId, record);
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    comparison: { collection: mapping.collection, rejected, filtered, seconds, ...comparison },
    differences: differences.slice(0, mostDifferences),
    truncated: truncated || differences.length > mostDifferences,
    isEqual: !truncated && differences.every(({ state }) => state === 'moving'),
  };
}

/** What was set aside, and what the filter leaves out, where the counts of the load are history. */
async function countsNow(
  { store, run }: Pick<CollectionParts, 'store' | 'run'>,
  collection: string,
  { documents, tables }: Pick<Compared, 'documents' | 'tables'>,
): Promise<{ readonly rejected: number; readonly filtered: number }> {
  const groups = (await store.countRejections(run.runId)).filter((group) => group.collection === collection);
  const rejected = groups.reduce((sum, group) => sum + group.documents, 0);
  return { rejected, filtered: Math.max(0, documents - rejected - tables[0]!.expectedRows) };
}

async function byDigests(
  parts: CollectionParts,
  mapping: CollectionMapping,
  record: CollectionRecord,
): Promise<Compared> {
  const digests = await compareDigests(parts, mapping);
  if (digests.kind === 'unavailable') return byRows(parts, mapping, record);
  const { read } = digests.documents;
  if (digests.isEqual && digests.unjudged === 0) {
    return {
      level: 'digests',
      documents: read,
      tables: digests.tables.map((table) => tableOf(table)),
      declaredLosses: [],
      notCovered: [],
      differences: [],
      truncated: false,
    };
  }
  const suspects = digests.suspects();
  if (suspects === 'all') return byRows(parts, mapping, record);
  reachFailPoint('before-rows');
  const rows = await compareRows(parts, mapping, suspects);
  // Rows that a rejected document keeps are in the sums of one side alone.
  const isStill = parts.run.identity.kind !== 'mongo' && mapping.onReject !== 'keep';
  const strays = await strayDifferences(parts, mapping, digests);
  return joinLevels(digests, rows, strays, isStill);
}

/** A difference for each row that no document of the source leads to. */
async function strayDifferences(
  { comparer }: CollectionParts,
  mapping: CollectionMapping,
  digests: ComparedDigests,
): Promise<readonly Difference[]> {
  const { collection } = mapping;
  const differences: Difference[] = [];
  for (const [index, { name: table }] of mapping.tables.entries()) {
    const own = digests.strays().filter((stray) => stray.table === table);
    if (own.length === 0) continue;
    const keys = own.map(({ key }) => [...key.values()]);
    // One more than is kept tells that there are more.
    const rows = await comparer.rowKeys(mapping, index, keys, mostDifferences + 1);
    const firstSeenAt = new Date().toISOString();
    for (const key of rows)
      differences.push({ kind: 'extra-row', collection, table, key, state: 'standing', firstSeenAt });
  }
  return differences;
}

/**
 * What digests say of all rows, and a closer look of those that differ.
 * @param isStill nothing can have changed since the digests were added up
 */
function joinLevels(
  digests: ComparedDigests,
  rows: RowsOutcome,
  strays: readonly Difference[],
  isStill: boolean,
): Compared {
  const tables = digests.tables.map((table) => {
    const found = rows.tables.find((one) => one.table === table.table);
    const extra = digests
      .strays()
      .reduce((sum, stray) => sum + (stray.table === table.table ? stray.rows : 0), 0);
    return tableOf(table, {
      missing: found?.missing ?? 0,
      extra: (found?.extra ?? 0) + extra,
      changed: found?.changed ?? 0,
    });
  });
  const others = rows.tables.filter(({ table }) => !tables.some((one) => one.table === table));
  const differences = [...rows.differences, ...strays];
  const buckets = digests.tables.reduce((sum, { differingBuckets }) => sum + differingBuckets.length, 0);
  // Of a source that is written to they were found equal at a second look.
  const isUnexplained = differences.length === 0 && !digests.isEqual && isStill;
  return {
    level: 'digests',
    documents: digests.documents.read,
    tables: [...tables, ...others],
    declaredLosses: [],
    notCovered: isUnexplained
      ? [`The digests of ${buckets} buckets differ, and no row was found that does`, ...rows.notCovered]
      : rows.notCovered,
    differences,
    truncated: rows.truncated,
  };
}

const tableOf = (
  { table, expectedRows, actualRows }: Pick<TableComparison, 'table' | 'expectedRows' | 'actualRows'>,
  faults = { missing: 0, extra: 0, changed: 0 },
): TableComparison => ({ table, expectedRows, actualRows, ...faults });

async function byRows(
  parts: CollectionParts,
  mapping: CollectionMapping,
  { isSynced }: CollectionRecord,
): Promise<Compared> {
  const rows = await compareRows(parts, mapping, 'all');
  if (rows.notCovered.length === 0 || isSynced) return { level: 'rows', declaredLosses: [], ...rows };
  // Rows that nobody made cannot be told from those that were there before, but they can be counted.
  const counts = await countCollection(parts, mapping);
  const notCovered = counts.isEqual ? [] : rows.notCovered;
  return { level: 'rows', declaredLosses: [], ...rows, notCovered };
}

/** Compares one collection by counts alone. */
export async function countCollection(
  { store, source, schema, run }: Pick<CollectionParts, 'store' | 'source' | 'schema' | 'run'>,
  mapping: CollectionMapping,
): Promise<ComparedCollection> {
  const report = await compareCounts({ store, source, schema, runId: run.runId, collections: [mapping] });
  const comparison = report.collections[0]!;
  return { comparison, differences: [], truncated: false, isEqual: report.verdict === 'match' };
}

/** Makes every document again from its rows as well. */
async function withRoundTrip(
  parts: CollectionParts,
  mapping: CollectionMapping,
  rows: Compared,
): Promise<Compared> {
  const documents = await compareDocuments(parts, mapping, 'all');
  const { equal, declared, undeclared, declaredLosses, differences, truncated } = documents;
  return {
    ...rows,
    level: 'documents',
    declaredLosses,
    roundTrip: { equal, declared, undeclared },
    differences: [...rows.differences, ...differences],
    truncated: rows.truncated || truncated,
  };
}
