import { DocrowError } from '../../errors/docrow-error.ts';
import type { PostgresClient } from './connect.ts';

/** The first number of every advisory lock of docrow; any number that all of them agree on. */
const lockSpace = 7_229_031;
/** Held by the one process that works on a target. */
const runLock = `${lockSpace}, 2`;
/** Shared by all connections through which that process changes the target. */
const workLock = `${lockSpace}, 3`;
const workLockNumber = 3;

/**
 * Takes the lock that one run holds on a target, for as long as the connection lives.
 *
 * A process that was killed leaves statements behind that PostgreSQL goes on with: an index half built, a COMMIT on
 * its way. They are ended before anything is looked at, so that what is seen then is final.
 * @throws DocrowError `run-locked`
 */
export async function takeRunLock(client: PostgresClient): Promise<void> {
  const { rows } = await client.query(`select pg_catalog.pg_try_advisory_lock(${runLock}) as taken`);
  if (rows[0].taken !== true) {
    throw new DocrowError('run-locked', 'Another docrow is working on this target');
  }
  await client.query(
    `select pg_catalog.pg_terminate_backend(l.pid)
    from pg_catalog.pg_locks l
    join pg_catalog.pg_database d on d.oid = l.database and d.datname = pg_catalog.current_database()
    join pg_catalog.pg_stat_activity a on a.pid = l.pid and a.usename = current_user
    where l.locktype = 'advisory' and l.classid = $1 and l.objid = $2 and l.granted`,
    [lockSpace, workLockNumber],
  );
  await client.query(`select pg_catalog.pg_advisory_lock(${workLock})`);
  await client.query(`select pg_catalog.pg_advisory_unlock(${workLock})`);
}

/** Tells that a connection belongs to the run that works on the target. */
export async function joinRun(client: PostgresClient): Promise<void> {
  await client.query(`select pg_catalog.pg_advisory_lock_shared(${workLock})`);
}

/** Whether a run works on the target now. */
export async function isRunLocked(client: PostgresClient): Promise<boolean> {
  const { rows } = await client.query(`select pg_catalog.pg_try_advisory_lock(${runLock}) as taken`);
  if (rows[0].taken === true) await client.query(`select pg_catalog.pg_advisory_unlock(${runLock})`);
  return rows[0].taken !== true;
}
