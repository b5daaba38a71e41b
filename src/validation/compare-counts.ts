import { type CheckpointStore, rowsOf } from '../checkpoint/checkpoint-store.ts';
import { collectionCounts } from '../checkpoint/collection-counts.ts';
import { exitCodes } from '../errors/error-codes.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { CollectionComparison, TableComparison, ValidationReport } from '../report/validation-report.ts';
import type { DocumentSource } from '../source/document-source.ts';
import type { TargetSchema } from '../target/target-schema.ts';

export interface CompareCountsParts {
  readonly store: CheckpointStore;
  readonly source: DocumentSource;
  readonly schema: TargetSchema;
  readonly runId: string;
  readonly collections: readonly CollectionMapping[];
}

/**
 * Compares how many documents the source has, range by range, with how many were read, and how many rows the tables
 * have with how many were loaded onto those that were there before. Sees no change of a value: that needs a closer level.
 */
export async function compareCounts(parts: CompareCountsParts): Promise<ValidationReport> {
  const { store, source, schema, runId } = parts;
  const collections: CollectionComparison[] = [];
  let isEqual = true;
  let isWhole = true;
  const records = await store.collections(runId);
  for (const mapping of parts.collections) {
    const record = records.find(({ collection }) => collection === mapping.collection);
    if (record === undefined || (record.status !== 'done' && record.status !== 'loaded')) {
      isWhole = false;
      continue;
    }
    const counts = await collectionCounts(store, runId, record);
    const startedAt = performance.now();
    let documents = 0;
    for (const { range, counts: inRange } of await store.ranges(runId, mapping.collection)) {
      const found = await source.countDocuments(mapping.collection, range);
      if (found !== inRange.read) isEqual = false;
      documents += found;
    }
    const tables: TableComparison[] = [];
    for (const { name: table } of mapping.tables) {
      const actualRows = await schema.countRows(table);
      const expectedRows = rowsOf(record.rowsBefore, table) + rowsOf(counts.rows, table);
      if (actualRows !== expectedRows) isEqual = false;
      const missing = Math.max(0, expectedRows - actualRows);
      const extra = Math.max(0, actualRows - expectedRows);
      tables.push({ table, expectedRows, actualRows, missing, extra, changed: 0 });
    }
    collections.push({
      collection: mapping.collection,
      level: 'counts',
      documents,
      rejected: counts.rejected,
      filtered: counts.filtered,
      tables,
      declaredLosses: [],
      notCovered: [],
      seconds: (performance.now() - startedAt) / 1000,
    });
  }
  const verdict = !isEqual ? 'mismatch' : isWhole ? 'match' : 'incomplete';
  return {
    command: 'validate',
    verdict,
    exitCode: verdict === 'match' ? exitCodes.done : exitCodes.differences,
    collections,
    differences: [],
    differencesTruncated: false,
    errors: [],
  };
}
