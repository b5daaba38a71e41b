import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/target/embedded/embedded-postgres.ts';

export interface ScratchPostgres {
  /** Of a database that is made for this run and removed after it. */
  readonly uri: string;
  readonly version: string;
  /** What decides about the speed of a load. */
  readonly settings: Readonly<Record<string, string>>;
  /** `started` is one that this run has started with the settings above; `given` is the one of --target. */
  readonly kind: 'started' | 'given';
  /** Removes what a load has made, and writes out all that is pending, so that the next load does not pay for it. */
  reset(tables: readonly string[]): Promise<void>;
  /** Of all tables together. */
  countRows(tables: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

const database = `docrow_bench_${process.pid}`;

/** Durability is PostgreSQL's default; memory and WAL are those of a server that is set up for a load. */
const startSettings: Readonly<Record<string, string>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '256MB',
  max_wal_size: '4GB',
};

const reportedSettings = [
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_level',
  'shared_buffers',
  'max_wal_size',
  'checkpoint_timeout',
  'max_parallel_maintenance_workers',
] as const;

/**
 * Makes a database for this run, in the given server or in one that is started in the folder.
 * @param target URI of a server whose user may create databases and run `checkpoint`; undefined starts one
 */
export async function openScratchPostgres(
  target: string | undefined,
  folder: string,
): Promise<ScratchPostgres> {
  const started =
    target === undefined
      ? await startEmbeddedPostgres({ dataFolder: join(folder, 'postgres'), settings: startSettings })
      : undefined;
  const server = target ?? started!.uri;
  try {
    await query(server, `create database ${database} encoding 'UTF8' template template0`);
    const uri = withDatabase(server, database);
    const [found] = await query<{ version: string }>(
      uri,
      `select current_setting('server_version') as version`,
    );
    const names = reportedSettings.map((name) => `'${name}', current_setting('${name}')`).join(', ');
    const [shown] = await query<{ settings: Record<string, string> }>(
      uri,
      `select json_build_object(${names}) as settings`,
    );
    return {
      uri,
      version: found!.version,
      settings: shown!.settings,
      kind: started === undefined ? 'given' : 'started',
      reset: async (tables) => {
        await query(uri, `drop table if exists ${tables.map((table) => `public.${table}`).join(', ')}`);
        await query(uri, 'drop schema if exists docrow cascade');
        await query(uri, 'checkpoint');
      },
      countRows: async (tables) => {
        const counts = tables.map((table) => `(select count(*) from public.${table})`);
        const [counted] = await query<{ rows: string }>(uri, `select ${counts.join(' + ')} as rows`);
        return Number(counted!.rows);
      },
      close: async () => {
        if (started === undefined) await query(server, `drop database if exists ${database} with (force)`);
        else await started.stop();
      },
    };
  } catch (error) {
    await started?.stop();
    throw error;
  }
}

async function query<Row extends pg.QueryResultRow>(uri: string, sql: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: uri });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

function withDatabase(uri: string, name: string): string {
  const address = new URL(uri);
  address.pathname = `/${name}`;
  return address.href;
}
