import type { CheckpointStore, RunRecord } from '../checkpoint/checkpoint-store.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';

/**
 * Rows can be brought in step with documents only where all of them are there, by the mapping of now.
 * @throws DocrowError `load-incomplete`, `mapping-changed`
 */
export async function requireLoaded(
  store: Pick<CheckpointStore, 'collections'>,
  run: Pick<RunRecord, 'runId'>,
  collections: readonly CollectionMapping[],
): Promise<void> {
  const records = await store.collections(run.runId);
  for (const { collection, file, fingerprint } of collections) {
    const record = records.find((each) => each.collection === collection);
    if (record?.status !== 'done') {
      const message = `The load of ${collection} is not complete yet`;
      throw new DocrowError('load-incomplete', message, { collection });
    }
    if (record.fingerprint === fingerprint) continue;
    throw new DocrowError(
      'mapping-changed',
      `The mapping of ${collection} (${file}) is not the one that its rows were loaded by`,
      { collection },
    );
  }
}
