import type { CollectionMapping } from '../../../mapping/mapping.ts';
import { type PostgresClient, writerSetting } from '../connect.ts';
import { quoteName, quoteTable, quoteText } from '../quote.ts';
import { guardFunctions, newRows, oldRows, recordFunction, refuseFunction } from './guard-functions.ts';

/** One trigger of the guard. */
interface GuardTrigger {
  readonly name: string;
  readonly function: string;
  readonly arguments: readonly string[];
  readonly event: string;
  /** The transition tables, where its function reads them. */
  readonly referencing?: string;
}

/** A table and the triggers that it is to have. */
export interface GuardedTable {
  readonly schema: string;
  readonly collection: string;
  readonly table: string;
  readonly triggers: readonly GuardTrigger[];
}

/** A trigger of the guard as the catalogue has it. */
export interface FoundTrigger {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly function: string;
  readonly arguments: readonly string[];
  /** Fires in every session, whatever `session_replication_role` says. */
  readonly isAlways: boolean;
}

/**
 * What a table needs. A transition table belongs to one event, so that recording takes a trigger for each; refusing
 * needs no rows, and so happens before there are any.
 */
export function guardedTables(
  runId: string,
  schema: string,
  collections: readonly CollectionMapping[],
): readonly GuardedTable[] {
  return collections.flatMap(({ collection, foreignWrites, tables }) =>
    tables.map(({ name: table, key }) => {
      const recording = (event: string, referencing = ''): GuardTrigger => ({
        name: `docrow_guard_${event}`,
        function: recordFunction.name,
        arguments: [runId, collection, ...key],
        event: `after ${event}`,
        referencing,
      });
      const triggers: readonly GuardTrigger[] =
        foreignWrites === 'refuse'
          ? [
              {
                name: 'docrow_guard_refuse',
                function: refuseFunction.name,
                arguments: [runId],
                event: 'before insert or update or delete or truncate',
              },
            ]
          : [
              recording('insert', `referencing new table as ${newRows}`),
              recording('update', `referencing old table as ${oldRows} new table as ${newRows}`),
              recording('delete', `referencing old table as ${oldRows}`),
              recording('truncate'),
            ];
      return { schema, collection, table, triggers };
    }),
  );
}

/** The triggers of the guard that are there, in whichever table; found by what they call, not by their names. */
export async function findTriggers(client: PostgresClient): Promise<readonly FoundTrigger[]> {
  const { rows } = await client.query(
    `select n.nspname as schema, c.relname as table, t.tgname as name, p.proname as function,
      t.tgargs as arguments, t.tgenabled = 'A' as is_always
    from pg_catalog.pg_trigger t
    join pg_catalog.pg_class c on c.oid = t.tgrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_proc p on p.oid = t.tgfoid
    join pg_catalog.pg_namespace f on f.oid = p.pronamespace
    where f.nspname = 'docrow' and p.proname = any($1::text[])
    order by n.nspname, c.relname, t.tgname`,
    [guardFunctions.map(({ name }) => name)],
  );
  return rows.map((row) => ({
    schema: row.schema,
    table: row.table,
    name: row.name,
    function: row.function,
    // Each ends with a NUL.
    arguments: (row.arguments as Buffer).toString('utf8').split('\0').slice(0, -1),
    isAlways: row.is_always,
  }));
}

/** Those of them that a table has. */
export const triggersOf = (
  found: readonly FoundTrigger[],
  { schema, table }: Pick<GuardedTable, 'schema' | 'table'>,
): readonly FoundTrigger[] => found.filter((each) => each.schema === schema && each.table === table);

/** Whether a table has just the triggers that it is to have. */
export function isGuarded(found: readonly FoundTrigger[], guarded: GuardedTable): boolean {
  const own = triggersOf(found, guarded);
  return (
    own.length === guarded.triggers.length &&
    guarded.triggers.every((trigger) => {
      const same = own.find(({ name }) => name === trigger.name);
      return (
        same?.isAlways === true &&
        same.function === trigger.function &&
        JSON.stringify(same.arguments) === JSON.stringify(trigger.arguments)
      );
    })
  );
}

/** Whether nothing can have been written to a table unseen: all triggers of either kind, of this run, were there. */
export function wasGuarded(found: readonly FoundTrigger[], guarded: GuardedTable, runId: string): boolean {
  const own = triggersOf(found, guarded).filter(
    (each) => each.isAlways && each.arguments[0] === runId && each.name.startsWith('docrow_guard_'),
  );
  return own.some((each) => each.function === refuseFunction.name) || own.length === 4;
}

export function createTriggerStatements({ schema, table, triggers }: GuardedTable): readonly string[] {
  const place = quoteTable(schema, table);
  const [setting, value] = writerSetting;
  return triggers.flatMap(({ name, event, referencing = '', ...calls }) => [
    `create trigger ${quoteName(name)} ${event} on ${place} ${referencing} for each statement
    when (pg_catalog.current_setting(${quoteText(setting)}, true) is distinct from ${quoteText(value)})
    execute function docrow.${calls.function}(${calls.arguments.map(quoteText).join(', ')})`,
    // Also where a session says that it only replays what happened elsewhere.
    `alter table ${place} enable always trigger ${quoteName(name)}`,
  ]);
}

export const dropTriggerStatement = ({ schema, table, name }: FoundTrigger): string =>
  `drop trigger if exists ${quoteName(name)} on ${quoteTable(schema, table)}`;
