import type { CollectionRecord } from '../checkpoint/checkpoint-store.ts';
import { exitCodes } from '../errors/error-codes.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import { reachFailPoint } from '../pipeline/fail-point.ts';
import type {
  CollectionComparison,
  Difference,
  ValidationLevel,
  ValidationReport,
} from '../report/validation-report.ts';
import { aggregateColumns } from './aggregates/aggregate-columns.ts';
import { type CollectionParts, compareCollection, countCollection } from './compare-collection.ts';

export interface ValidationOptions {
  readonly collections: readonly CollectionMapping[];
  readonly level: ValidationLevel;
  /** Nulls, extremes and sums of every column, on both sides. */
  readonly aggregates: boolean;
}

/**
 * Compares the collections of a run with their tables, one after the other.
 * @throws DocrowError `interrupted`, and what source and target report
 */
export async function runValidation(
  parts: CollectionParts,
  { collections, level, aggregates }: ValidationOptions,
): Promise<ValidationReport> {
  parts.onEvent({ kind: 'validation-started', level });
  const { store, run } = parts;
  const records = await store.collections(run.runId);
  const compared: CollectionComparison[] = [];
  const differences: Difference[] = [];
  let isEqual = true;
  let isWhole = true;
  let differencesTruncated = false;
  for (const mapping of collections) {
    const record = records.find(({ collection }) => collection === mapping.collection);
    if (!isLoaded(record)) {
      isWhole = false;
      continue;
    }
    const one =
      level !== 'counts'
        ? await compareCollection(parts, mapping, record, level)
        : // The counts of the load say nothing about what came later, and digests count as well.
          record.isSynced
          ? await compareCollection(parts, mapping, record, 'digests')
          : await countCollection(parts, mapping);
    const { comparison } = one;
    compared.push(
      aggregates ? { ...comparison, aggregates: await aggregateColumns(parts, mapping) } : comparison,
    );
    differences.push(...one.differences);
    differencesTruncated ||= one.truncated;
    isEqual &&= one.isEqual;
    isWhole &&= comparison.notCovered.length === 0 && !one.differences.some(isMoving);
  }
  reachFailPoint('before-report');
  const verdict = !isEqual ? 'mismatch' : isWhole ? 'match' : 'incomplete';
  return {
    command: 'validate',
    verdict,
    exitCode: verdict === 'match' ? exitCodes.done : exitCodes.differences,
    collections: compared,
    differences,
    differencesTruncated,
    errors: [],
  };
}

const isLoaded = (record: CollectionRecord | undefined): record is CollectionRecord =>
  record !== undefined && (record.status === 'done' || record.status === 'loaded');

/** On its way, perhaps: no reason to say that the sides differ, nor that they agree. */
const isMoving = ({ state }: Difference): boolean => state === 'moving';
