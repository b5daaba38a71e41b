import { Client } from 'pg';
import { afterEach, beforeEach } from 'vitest';
import { loadMappings } from '../../src/mapping/load-mappings.ts';
import type { CollectionMapping } from '../../src/mapping/mapping.ts';
import { requireRun, withTarget } from '../../src/resources/open-target.ts';
import { PostgresWriteGuard } from '../../src/target/postgres/guard/postgres-write-guard.ts';
import type { ForeignWriteCounts, ForeignWrites, GuardWriter } from '../../src/target/write-guard.ts';
import { type RefreshPipeline, useRefresh } from './use-refresh.ts';

/** A mapping of the collection `items`, with a child table, a key of two columns and one of type json. */
export const guardedItems = `collection: items
tables:
  items:
    key: [id, at]
    columns:
      id: { from: _id, type: text, convert: ejson }
      at: { from: at, type: timestamptz }
      n: { from: n, type: integer }
      j: { from: j, type: json }
    unmapped: ignore
  tags:
    each: tags
    key: [item_id, item_at, position]
    columns:
      item_id: { from: ^id }
      item_at: { from: ^at }
      position: { from: $index }
      tag: { from: $item, type: text }
`;

const at = new Date('2024-02-03T04:05:06.789Z');
/** `at` of every item, as a record of the guard has it. */
export const atText = '2024-02-03 04:05:06.789+00';
export const itemId = (n: number): string => `{"$numberLong":"${n}"}`;
export const itemKey = (n: number) => ({ id: itemId(n), at: atText });
export const item = (n: number) => ({ _id: n, at, n, j: null, tags: [`t${n}`] });
export const itemsUpTo = (count: number) => Array.from({ length: count }, (_, index) => item(index + 1));

export interface GuardPipeline extends RefreshPipeline {
  readonly guard: PostgresWriteGuard;
  /** The session of somebody else. */
  readonly other: Client;
  mappings(): Promise<readonly CollectionMapping[]>;
  /** What a command does before it writes rows, and what is left when it ends. */
  beginWriting(): Promise<GuardWriter>;
  /** @param collections those of the project, where none are given */
  install(collections?: readonly CollectionMapping[]): Promise<readonly ForeignWriteCounts[]>;
  runId(): Promise<string>;
  report(since?: string): Promise<ForeignWrites>;
  /** What the guard has recorded. */
  records(): Promise<readonly Record<string, unknown>[]>;
  /** `table trigger` of each trigger with a name like those of the guard. */
  triggers(): Promise<readonly unknown[]>;
}

/** Registers the hooks of a test file about writes of others. */
export function useGuard(): GuardPipeline {
  const pipeline = useRefresh();
  let guard: PostgresWriteGuard;
  let other: Client;
  beforeEach(async () => {
    guard = new PostgresWriteGuard(pipeline.uri, 'public');
    other = new Client({ connectionString: pipeline.uri, application_name: 'an application' });
    await other.connect();
  });
  afterEach(async () => {
    await Promise.all([guard.close(), other.end()]);
  });
  const own = {
    mappings: async () => (await loadMappings({ projectFolder: pipeline.project.dir })).collections,
    beginWriting: () =>
      withTarget({ target: pipeline.uri, schema: 'public', dir: pipeline.project.dir }, async (target) => {
        await target.lock(() => undefined);
        const { runId } = await requireRun(target);
        return { runId, epoch: await target.retryStore.raiseEpoch(runId) };
      }),
    install: async (collections?: readonly CollectionMapping[]) => {
      // Whoever takes the lock of the run ends the connections of the one before.
      await guard.close();
      guard = new PostgresWriteGuard(pipeline.uri, 'public');
      const writer = await own.beginWriting();
      return guard.install(writer, collections ?? (await own.mappings()));
    },
    runId: async () =>
      String((await pipeline.values('select run_id from docrow.run order by run_number desc limit 1'))[0]),
    report: async (since?: string) => guard.report(await own.runId(), since, 20),
    records: () =>
      pipeline.query(
        `select table_name, operation, place, statement_rows::integer, key, content, writer, application
        from docrow.foreign_write order by write_number`,
      ),
    triggers: () =>
      pipeline.values(
        `select tgrelid::regclass || ' ' || tgname from pg_trigger where tgname ~ 'guard' order by 1`,
      ),
  };
  const made: GuardPipeline = Object.assign(pipeline, own, {
    guard: undefined as never,
    other: undefined as never,
  });
  return Object.defineProperties(made, { guard: { get: () => guard }, other: { get: () => other } });
}
