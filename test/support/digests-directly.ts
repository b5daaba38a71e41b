import { deserialize, EJSON } from 'bson';
import { PostgresCheckpointStore } from '../../src/checkpoint/postgres/postgres-checkpoint-store.ts';
import { PostgresDigestStore } from '../../src/checkpoint/postgres/postgres-digest-store.ts';
import { DigestPool } from '../../src/resources/digest-pool.ts';
import { openProject } from '../../src/resources/open-project.ts';
import { openedInput } from '../../src/resources/range-input.ts';
import { workerAddress } from '../../src/resources/worker-address.ts';
import { openSource } from '../../src/source/open-source.ts';
import { parseSourceAddress } from '../../src/source/parse-source-address.ts';
import { closePostgres, connectPostgres } from '../../src/target/postgres/connect.ts';
import { PostgresDigestReader } from '../../src/target/postgres/digest/postgres-digest-reader.ts';
import { compareDigests, type DigestOutcome } from '../../src/validation/digests/compare-digests.ts';
import type { DigestParts } from '../../src/validation/digests/create-digester.ts';
import type { StrayRows } from '../../src/validation/digests/find-suspects.ts';

export interface DigestResult {
  readonly outcome: DigestOutcome;
  /** `_id`s as relaxed Extended JSON, sorted. */
  readonly suspects: readonly string[];
  readonly strays: readonly StrayRows[];
}

export interface DigestTarget {
  readonly source: string;
  readonly target: string;
  readonly dir: string;
  readonly workers?: number;
}

/** Compares the digests of a collection that was migrated, and looks for what is behind differences. */
export async function compareDigestsDirectly(
  { source: from, target, dir, workers = 1 }: DigestTarget,
  collection: string,
  more: Partial<DigestParts> = {},
): Promise<DigestResult> {
  const client = await connectPostgres(target);
  const query = async (sql: string, parameters: readonly unknown[] = []) =>
    (await client.query(sql, [...parameters])).rows;
  const project = await openProject({ dir, schema: 'public', only: undefined });
  const address = parseSourceAddress(from, { database: undefined });
  const source = await openSource(address);
  const reader = new PostgresDigestReader(target, 'public');
  const store = new PostgresCheckpointStore(query, 'test');
  const run = (await store.latestRun())!;
  const { runTime } = run;
  const rangeDigesters = new DigestPool(
    workers,
    {
      source: await workerAddress(address, source, store, run.runId),
      projectFolder: dir,
      collections: project.mapping.collections,
      runTime,
    },
    openedInput(source, project, runTime),
  );
  try {
    const parts: DigestParts = {
      source,
      store,
      digests: new PostgresDigestStore(query),
      reader,
      rangeDigesters,
      run,
      transformsOf: project.transformsOf,
      signal: new AbortController().signal,
      onEvent: () => undefined,
      ...more,
    };
    const mapping = project.mapping.collections.find((one) => one.collection === collection)!;
    const outcome = await compareDigests(parts, mapping);
    if (outcome.kind === 'unavailable') return { outcome, suspects: [], strays: [] };
    const suspects = outcome.suspects();
    const ids: string[] = [];
    if (suspects === 'all') ids.push('all');
    else {
      for await (const batch of suspects)
        for (const id of batch) ids.push(EJSON.stringify(deserialize(id)['_id']));
    }
    return { outcome, suspects: ids.sort(), strays: outcome.strays() };
  } finally {
    await Promise.all([rangeDigesters.close(), reader.close(), source.close(), closePostgres(client)]);
  }
}
