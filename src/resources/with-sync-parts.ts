import type { SyncParts } from '../changes/sync-parts.ts';
import type { RunRecord } from '../checkpoint/checkpoint-store.ts';
import type { SyncWriter } from '../checkpoint/sync-store.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { RunEventListener } from '../pipeline/run-event.ts';
import type { DocumentSource } from '../source/document-source.ts';
import { PostgresWriteGuard } from '../target/postgres/guard/postgres-write-guard.ts';
import { PostgresRefreshTarget } from '../target/postgres/refresh/postgres-refresh-target.ts';
import type { ForeignWriteCounts, WriteGuard } from '../target/write-guard.ts';
import type { Project } from './open-project.ts';
import type { OpenTarget } from './open-target.ts';
import { refreshPartsOf } from './refresh-parts-of.ts';

export interface SyncedRun {
  readonly run: RunRecord;
  readonly source: DocumentSource;
  readonly target: OpenTarget;
  readonly project: Project;
  readonly soft: AbortSignal;
  readonly onEvent: RunEventListener;
  /** What others wrote to the tables, as it is found. */
  readonly onForeignWrites: (counts: readonly ForeignWriteCounts[]) => void;
}

/** Takes a run over for bringing it in step, for as long as `work` takes. The run's lock is held already. */
export async function withSyncParts<T>(
  { run, source, target, project, soft, onEvent, onForeignWrites }: SyncedRun,
  work: (parts: SyncParts) => Promise<T>,
): Promise<T> {
  const { uri, store, syncStore, retryStore } = target;
  const { mapping, allCollections } = project;
  const guard = new PostgresWriteGuard(uri, mapping.schema);
  const refreshTarget = await PostgresRefreshTarget.open(uri, mapping.schema, allCollections);
  try {
    const epoch = await retryStore.raiseEpoch(run.runId);
    const partsOf = refreshPartsOf({ source, store, run, project });
    const writer = { runId: run.runId, epoch };
    await installGuard(guard, writer, mapping.collections, onEvent);
    let seen = await syncStore.foreignWritesTold(run.runId);
    const onHeartbeat = async (): Promise<void> => {
      const { counts, position } = await guard.report(run.runId, seen, 1);
      seen = position;
      if (counts.length === 0) return;
      onForeignWrites(counts);
      await syncStore.saveForeignWritesTold(writer, position);
    };
    await onHeartbeat();
    return await work({
      run,
      writer,
      source,
      target: refreshTarget,
      store,
      syncStore,
      collections: mapping.collections,
      refreshParts: (collection, batch) => partsOf(collection, batch, epoch),
      soft,
      onEvent,
      onHeartbeat,
    });
  } finally {
    await Promise.all([refreshTarget.close(), guard.close()]);
  }
}

/** A table that docrow does not own is followed all the same, unless the mapping wants others to be refused. */
async function installGuard(
  guard: WriteGuard,
  writer: SyncWriter,
  collections: readonly CollectionMapping[],
  onEvent: RunEventListener,
): Promise<void> {
  try {
    await guard.install(writer, collections);
  } catch (error) {
    const isDenied = error instanceof DocrowError && error.code === 'target-denied';
    if (!isDenied || collections.some(({ foreignWrites }) => foreignWrites === 'refuse')) throw error;
    onEvent({
      kind: 'notice',
      message: `What others write to the tables is not seen: ${error.message}`,
    });
  }
}
