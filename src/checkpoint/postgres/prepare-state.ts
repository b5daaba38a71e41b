import { DocrowError } from '../../errors/docrow-error.ts';
import type { QueryRows } from './query-rows.ts';
import { stateVersions } from './state-schema.ts';

/** Whether the target has docrow's state tables. */
export async function stateExists(query: QueryRows): Promise<boolean> {
  const rows = await query("select pg_catalog.to_regclass('docrow.schema_migration') is not null as found");
  return rows[0]?.['found'] === true;
}

/**
 * Makes the state tables, or brings them to this version. Two processes may do so at once: the second waits.
 * @throws DocrowError `state-too-new`
 */
export async function prepareState(query: QueryRows): Promise<void> {
  await query('begin');
  try {
    // Any number will do, as long as every docrow uses the same.
    await query('select pg_catalog.pg_advisory_xact_lock(7229031, 1)');
    const done = (await stateExists(query))
      ? Number(
          (await query('select max(version) as version from docrow.schema_migration'))[0]?.['version'] ?? 0,
        )
      : 0;
    if (done > stateVersions.length) {
      throw new DocrowError(
        'state-too-new',
        'The state tables in the target were written by a newer docrow',
        {
          version: done,
          known: stateVersions.length,
        },
      );
    }
    for (const [index, statements] of stateVersions.entries()) {
      if (index < done) continue;
      for (const statement of statements) await query(statement);
      await query('insert into docrow.schema_migration (version) values ($1)', [index + 1]);
    }
    await query('commit');
  } catch (error) {
    await query('rollback').catch(() => undefined);
    throw error;
  }
}
