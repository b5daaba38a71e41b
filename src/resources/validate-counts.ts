import type { CollectionMapping } from '../mapping/mapping.ts';
import type { ValidationReport } from '../report/validation-report.ts';
import type { DocumentSource } from '../source/document-source.ts';
import { compareCounts } from '../validation/compare-counts.ts';
import type { OpenTarget } from './open-target.ts';

/** Compares both sides by counts, and keeps the report in the target's state. */
export async function validateCounts(
  { store, schema }: OpenTarget,
  source: DocumentSource,
  runId: string,
  collections: readonly CollectionMapping[],
): Promise<ValidationReport> {
  const report = await compareCounts({ store, source, schema, runId, collections });
  await store.addValidation(runId, 'counts', report.verdict, report);
  return report;
}
