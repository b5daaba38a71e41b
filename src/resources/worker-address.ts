import type { CheckpointStore } from '../checkpoint/checkpoint-store.ts';
import type { DocumentSource, SourceAddress } from '../source/document-source.ts';

/**
 * Where workers open the source of a run: the very database that was found, read no earlier than the change position.
 * @param source the same, opened
 */
export async function workerAddress(
  address: SourceAddress,
  source: DocumentSource,
  store: CheckpointStore,
  runId: string,
): Promise<SourceAddress> {
  if (address.kind !== 'mongo') return address;
  const { database } = await source.identity();
  const position = await store.changePosition(runId);
  return {
    ...address,
    database,
    afterClusterTime: position?.kind === 'position' ? position.clusterTime : undefined,
  };
}
