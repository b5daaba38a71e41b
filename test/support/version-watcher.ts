import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';

/** What a reader of the tables must never see. */
export interface VersionWatcher {
  /** How often it looked. */
  readonly looks: () => number;
  /** Ends it. @returns what went wrong: one line for each row that went back, or refers to nothing */
  stop(): Promise<readonly string[]>;
}

/** All of it by one statement, so that it is of one instant. */
const look = `select 'sites ' || id as row, version from sites
  union all select 'machines ' || id, version from machines
  union all select 'orders ' || id, version from orders
  union all select 'machine without site', null from machines m
    where site_id is not null and not exists (select from sites where id = m.site_id)
  union all select 'order without machine', null from orders o
    where machine_id is not null and not exists (select from machines where id = o.machine_id)
  union all select 'line without site', null from order_lines l
    where site_id is not null and not exists (select from sites where id = l.site_id)
  union all select 'part without machine', null from machine_parts p
    where not exists (select from machines where id = p.machine_id)`;

/** Reads the tables of the database `plant` again and again, over restarts of PostgreSQL. */
export function watchVersions(uri: string): VersionWatcher {
  const seen = new Map<string, number>();
  const problems: string[] = [];
  let looks = 0;
  let isStopping = false;
  const take = (row: string, version: number | null): void => {
    const last = seen.get(row) ?? 0;
    if (version === null) problems.push(row);
    else if (version < last) problems.push(`${row} went back from ${last} to ${version}`);
    else seen.set(row, version);
  };
  const watch = async (): Promise<void> => {
    while (!isStopping) {
      const client = new Client({ connectionString: uri });
      client.on('error', () => undefined);
      try {
        await client.connect();
        while (!isStopping) {
          const { rows } = await client.query<{ row: string; version: string | null }>(look);
          for (const { row, version } of rows) take(row, version === null ? null : Number(version));
          looks++;
          await pause(50);
        }
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : '';
        if (code.startsWith('42')) problems.push(`${error}`);
        // PostgreSQL is away.
        await pause(50);
      }
      await client.end().catch(() => undefined);
    }
  };
  const watching = watch();
  return {
    looks: () => looks,
    stop: async () => {
      isStopping = true;
      await watching;
      return problems;
    },
  };
}
