import type { CollectionRecord, RunRecord } from '../checkpoint/checkpoint-store.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import { isSameSource, type SourceIdentity } from '../source/document-source.ts';

/**
 * A run beside those that are there appends another source to the tables of a finished one.
 * @param latest the newest run, of another source than `identity`
 * @param collections what the newest run knows
 * @throws DocrowError `source-changed`
 */
export function requireAppendable(
  latest: RunRecord,
  earlier: readonly RunRecord[],
  collections: readonly CollectionRecord[],
  identity: SourceIdentity,
  mayAppend: boolean,
): void {
  const { database } = identity;
  const before = latest.identity.database;
  if (!mayAppend) {
    throw new DocrowError(
      'source-changed',
      `The target holds a run from another source (database ${before}), and this one is not the same`,
      { database },
    );
  }
  if (collections.some(({ status }) => status !== 'done')) {
    throw new DocrowError(
      'source-changed',
      `The run from another source (database ${before}) is not finished: end it first, then append this one`,
      { database },
    ).advising('Run docrow migrate with the source of that run first, or start over with --fresh');
  }
  const same = earlier.find((run) => isSameSource(run.identity, identity));
  if (same !== undefined) {
    throw new DocrowError(
      'source-changed',
      `This source was loaded already, by run ${same.runId} before the newest one; nothing is appended twice`,
      { database },
    ).advising('Name a source with other documents, or start over with --fresh');
  }
}
