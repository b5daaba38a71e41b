import { setTimeout as pause } from 'node:timers/promises';
import type { MigrationReport } from '../../src/report/migration-report.ts';
import { reportOf, startDocrow } from './docrow-process.ts';
import { createDatabase } from './postgres-server.ts';
import { queryTarget, readTarget, type TargetContent } from './target-content.ts';

export const sampleTables = ['users', 'tasks', 'subtasks', 'subtask_prompts'] as const;

export interface KillCampaign {
  /** URI of a role that may create databases. */
  readonly serverUri: string;
  /** Folder of the dump. */
  readonly source: string;
  readonly kills: number;
  /** Gives numbers from 0 to below 1. */
  readonly random: () => number;
  readonly chunkDocuments: number;
  /** What the target has to hold in the end. */
  readonly expected: TargetContent;
  readonly onKill?: (kill: number, what: string) => void;
}

/** How far an attempt got before it was killed. */
interface Progress {
  readonly read: number;
  readonly problems: readonly string[];
}

/**
 * Kills migrations by SIGKILL at random moments and starts them again, until all kills are used up; a migration that
 * comes to its end is compared with what is expected and followed by another one, in an empty database.
 * @returns what did not hold; empty when everything did
 */
export async function killAndResume(campaign: KillCampaign): Promise<readonly string[]> {
  const problems: string[] = [];
  let kills = 0;
  while (kills < campaign.kills) {
    const database = await createDatabase(campaign.serverUri);
    try {
      for (let before: Progress = { read: 0, problems: [] }; ; ) {
        const limitMs = kills < campaign.kills ? 250 + campaign.random() * 1_500 : undefined;
        const report = await attempt(campaign, database.uri, limitMs);
        if (report !== undefined) {
          problems.push(...(await compareEnd(campaign, database.uri, report, before)));
          break;
        }
        kills++;
        before = await readProgress(database.uri);
        problems.push(...before.problems);
        campaign.onKill?.(kills, `${before.read} documents committed`);
      }
    } finally {
      await database.drop();
    }
  }
  return problems;
}

/** @returns the report of a migration that ended; undefined for one that was killed */
async function attempt(
  { source, chunkDocuments, random }: KillCampaign,
  target: string,
  limitMs: number | undefined,
): Promise<MigrationReport | undefined> {
  const workers = random() < 0.5 ? 1 : 2;
  const running = startDocrow(
    [
      'migrate',
      '--source',
      source,
      '--json',
      '--progress',
      'none',
      '--workers',
      String(workers),
      '--chunk-documents',
      String(chunkDocuments),
    ],
    { env: { DOCROW_TARGET: target } },
  );
  const timer = limitMs === undefined ? undefined : setTimeout(() => running.child.kill('SIGKILL'), limitMs);
  const result = await running.result;
  clearTimeout(timer);
  return result.signal === 'SIGKILL' ? undefined : reportOf(result);
}

/** Waits until PostgreSQL has ended what the killed process left behind, then looks whether everything adds up. */
export async function readProgress(uri: string): Promise<Progress> {
  for (;;) {
    const [left] = await queryTarget(
      uri,
      "select count(*)::int as n from pg_stat_activity where application_name = 'docrow' and datname = current_database()",
    );
    if (left!['n'] === 0) break;
    await pause(20);
  }
  const [state] = await queryTarget(uri, "select to_regclass('docrow.range') is not null as found");
  if (state!['found'] !== true) return { read: 0, problems: [] };
  const collections = await queryTarget(
    uri,
    `select c.collection, c.tables, sum(r.read)::int as read, (sum(r.loaded) - c.set_aside)::int as loaded,
      (sum(r.rejected) + c.set_aside)::int as rejected, sum(r.filtered)::int as filtered,
      (select count(*)::int from docrow.rejection j where j.run_id = c.run_id and j.collection = c.collection) as kept
    from docrow.collection_run c join docrow.range r using (run_id, collection) group by c.run_id, c.collection`,
  );
  const problems: string[] = [];
  let total = 0;
  for (const { collection, tables, read, loaded, rejected, filtered, kept } of collections) {
    for (const [index, table] of (tables as string[]).entries()) {
      const { rows, counted } = await countRows(uri, String(collection), table);
      if (rows !== counted) problems.push(`${table}: ${rows} rows, ${counted} counted`);
      if (index === 0 && rows !== loaded) problems.push(`${collection}: ${rows} rows, ${loaded} loaded`);
    }
    if (kept !== rejected) problems.push(`${collection}: ${kept} rejections, ${rejected} rejected`);
    if (read !== Number(loaded) + Number(rejected) + Number(filtered)) problems.push(`${collection}: counts`);
    total += Number(read);
  }
  return { read: total, problems };
}

/** Rows that are in a table, and those that the state tables count for it. */
async function countRows(uri: string, collection: string, table: string) {
  const [state] = await queryTarget(
    uri,
    `select to_regclass('public.' || $2) is not null as found, (
      coalesce(sum((r.rows ->> $2)::int), 0) - coalesce((c.rows_set_aside ->> $2)::int, 0)
    )::int as counted
    from docrow.collection_run c join docrow.range r using (run_id, collection)
    where c.collection = $1 group by c.run_id, c.collection`,
    [collection, table],
  );
  if (state!['found'] !== true) return { rows: 0, counted: state!['counted'] };
  const [found] = await queryTarget(uri, `select count(*)::int as rows from public."${table}"`);
  return { rows: found!['rows'], counted: state!['counted'] };
}

async function compareEnd(
  { expected }: KillCampaign,
  uri: string,
  report: MigrationReport,
  before: Progress,
): Promise<readonly string[]> {
  const problems: string[] = [];
  if (report.exitCode !== 6 || report.validation.verdict !== 'match') {
    problems.push(
      `ended with ${report.exitCode}, validation ${report.validation.verdict}: ${JSON.stringify(report.errors)}`,
    );
  }
  const own = report.collections.reduce((sum, { attempt: { read } }) => sum + read, 0);
  if (own !== report.totals.read - before.read) {
    problems.push(
      `the last attempt read ${own} documents, and ${report.totals.read - before.read} were left`,
    );
  }
  const actual = await readTarget(uri, sampleTables);
  for (const key of Object.keys(expected) as (keyof TargetContent)[]) {
    if (JSON.stringify(actual[key]) !== JSON.stringify(expected[key])) problems.push(`${key} differ`);
  }
  return problems;
}

/** A reproducible source of numbers from 0 to below 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
