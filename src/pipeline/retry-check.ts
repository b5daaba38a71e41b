import type { CheckpointStore, CollectionRecord, RunRecord } from '../checkpoint/checkpoint-store.ts';
import type { RetryStore } from '../checkpoint/retry-store.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { RetryTarget } from '../target/retry-target.ts';
import { type PlainMapping, plainMapping } from './plain-mapping.ts';
import { compareMappings } from './retry-changes.ts';
import type { RunEventListener } from './run-event.ts';

/** Which rejections go again. */
export interface RetryFilter {
  readonly collection?: string | undefined;
  readonly code?: string | undefined;
}

interface CheckParts {
  readonly run: RunRecord;
  readonly store: CheckpointStore;
  readonly retryStore: RetryStore;
  readonly target: RetryTarget;
  readonly collections: readonly CollectionMapping[];
  readonly onEvent: RunEventListener;
}

/** A collection whose rejections may go again. */
export interface RetryableCollection {
  readonly mapping: CollectionMapping;
  readonly record: CollectionRecord;
  /** Rejections that the filter leaves, and those of them that no document is kept of. */
  readonly documents: number;
  readonly withoutDocument: number;
  /** How the mapping differs from the one before, for people. */
  readonly changes: readonly string[];
}

/**
 * Finds the collections with rejections to retry, and looks whether their rows of before stay right: their mappings are
 * compared with those that the rows were loaded by, and with the catalogue. Changes nothing.
 * @throws DocrowError `settings-invalid`, `load-incomplete`, `mapping-changed`, `target-table-differs`
 */
export async function requireRetryable(
  parts: CheckParts,
  filter: RetryFilter,
): Promise<readonly RetryableCollection[]> {
  const { run, store, collections } = parts;
  const records = await store.collections(run.runId);
  if (
    filter.collection !== undefined &&
    !records.some(({ collection }) => collection === filter.collection)
  ) {
    const message = `The run has no collection ${filter.collection}`;
    throw new DocrowError('settings-invalid', message, { location: '--collection' });
  }
  const found: RetryableCollection[] = [];
  const groups = await store.countRejections(run.runId);
  for (const record of records) {
    if (filter.collection !== undefined && record.collection !== filter.collection) continue;
    const own = groups.filter(
      ({ collection, code }) =>
        collection === record.collection && (filter.code === undefined || code === filter.code),
    );
    const documents = own.reduce((sum, group) => sum + group.documents, 0);
    if (documents === 0) continue;
    const mapping = collections.find(({ collection }) => collection === record.collection);
    if (mapping === undefined) {
      const message = `The rejections of ${record.collection} stay as they are: it has no mapping any more`;
      parts.onEvent({ kind: 'notice', message });
      continue;
    }
    const { retryStore } = parts;
    const withoutDocument = await retryStore.countWithoutDocument(run.runId, record.collection, filter.code);
    found.push({ mapping, record, documents, withoutDocument, changes: allowedChanges(mapping, record) });
  }
  await requireFittingTables(parts.target, found);
  return inOrder(found, collections);
}

/** @throws DocrowError `load-incomplete`, `mapping-changed` */
function allowedChanges(mapping: CollectionMapping, record: CollectionRecord): readonly string[] {
  const { collection, file, fingerprint, transformFile } = mapping;
  if (record.status !== 'done') {
    throw incomplete(collection, record.status);
  }
  if (fingerprint === record.fingerprint) return [];
  const { refused, allowed } = compareMappings(record.mapping as PlainMapping, plainMapping(mapping));
  if (refused.length > 0) {
    throw new DocrowError(
      'mapping-changed',
      `The mapping of ${collection} (${file}) does not fit the rows that are loaded: ${refused.join('; ')}`,
      { collection, changes: refused.length },
    );
  }
  // What a function gives cannot be told from outside.
  return transformFile === undefined ? allowed : [...allowed, `transforms as ${transformFile} has them now`];
}

function incomplete(collection: string, status: CollectionRecord['status']): DocrowError {
  if (status !== 'loaded') {
    return new DocrowError('load-incomplete', `The load of ${collection} is not complete yet`, {
      collection,
    });
  }
  return new DocrowError(
    'load-incomplete',
    `The keys of ${collection} are not all built: docrow migrate builds them, once the collections that it refers to are loaded`,
    { collection },
  ).advising('Run docrow migrate with the source of this run, for the collections that are missing too');
}

/** @throws DocrowError `target-table-differs` with the statements that a person has to run */
async function requireFittingTables(
  target: RetryTarget,
  found: readonly RetryableCollection[],
): Promise<void> {
  const statements: string[] = [];
  for (const { mapping, record } of found) {
    statements.push(...(await target.missingChanges(mapping, record.mapping as PlainMapping)));
  }
  if (statements.length === 0) return;
  const names = found.map(({ mapping }) => mapping.collection).join(', ');
  throw new DocrowError(
    'target-table-differs',
    `The tables of ${names} do not fit the mapping as it is now; run this, then retry:\n${statements.map((sql) => `${sql};`).join('\n')}`,
    { statements: statements.length },
  ).advising(
    'Run these statements, then docrow rejects retry again; or take back what was changed in the mapping',
  );
}

/** Collections that are referred to come first. */
function inOrder(
  found: readonly RetryableCollection[],
  collections: readonly CollectionMapping[],
): readonly RetryableCollection[] {
  return collections.flatMap((mapping) => found.filter((each) => each.mapping === mapping));
}
