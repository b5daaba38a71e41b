import type { ChangedRows, ChangeKind, PlannedRow, RowKey } from '../../refresh-target.ts';
import type { PostgresClient } from '../connect.ts';
import { quoteName, quoteNames, quoteText } from '../quote.ts';
import { keyTextsSql } from '../row-locator.ts';
import {
  columnsOf,
  differs,
  equals,
  isMissing,
  isNotStaged,
  isNotStagedAlike,
  isOwned,
  keyOwners,
  stagedOwner,
} from './row-conditions.ts';
import type { StagedTable, Staging } from './staging.ts';

/** Rows that differ, as the tail of a select over the alias `o` of their document. `n` is staged, `t` is there. */
function differingRows(staging: Staging, table: StagedTable): Readonly<Record<ChangeKind, string>> {
  const { key } = table.mapping;
  return {
    insert: `from ${table.staged} n join ${stagedOwner(staging, table)} where ${isMissing(table)}`,
    update: `from ${table.staged} n join ${table.table} t on ${equals(key, 't', key, 'n')}
      join ${stagedOwner(staging, table)} where ${differs(table.columns, 't', 'n')}`,
    delete: `from ${table.table} t join ${keyOwners(staging)} o on ${isOwned(staging, table)} where ${isNotStaged(table)}`,
  };
}

const changeKinds: readonly ChangeKind[] = ['insert', 'update', 'delete'];

/** What would be changed, row by row, at most `limit` rows of each table and kind. */
export async function planChanges(
  client: PostgresClient,
  staging: Staging,
  limit: number,
): Promise<readonly PlannedRow[]> {
  const planned: PlannedRow[] = [];
  for (const table of staging.tables) {
    const { key, name } = table.mapping;
    const tails = differingRows(staging, table);
    for (const kind of changeKinds) {
      const changed = table.columns.map(
        (column) => `case when ${differs([column], 't', 'n')} then ${quoteText(column)} end`,
      );
      const columns = kind === 'update' ? `array_remove(array[${changed.join(', ')}], null)` : 'null::text[]';
      const alias = kind === 'delete' ? 't' : 'n';
      const { rows } = await client.query(
        `select o.${staging.number} as number, ${keyTextsSql(key, alias)} as key, ${columns} as columns
        ${tails[kind]} order by ${columnsOf(key, alias)} limit ${limit}`,
      );
      for (const row of rows) {
        planned.push({
          document: Number(row.number),
          table: name,
          kind,
          key: keyOf(key, row.key as string[]),
          columns: (row.columns as string[] | null) ?? [],
        });
      }
    }
  }
  return planned;
}

const keyOf = (columns: readonly string[], texts: readonly string[]): RowKey =>
  Object.fromEntries(columns.map((name, index) => [name, texts[index]!]));

/** What would be changed, counted. */
export async function countChanges(
  client: PostgresClient,
  staging: Staging,
): Promise<readonly ChangedRows[]> {
  const changes: ChangedRows[] = [];
  for (const table of staging.tables) {
    const tails = differingRows(staging, table);
    for (const kind of changeKinds) {
      const sql = `select o.${staging.number} as number, count(*) as rows ${tails[kind]} group by 1`;
      changes.push(...(await changedRows(client, sql, table, kind)));
    }
  }
  return changes;
}

async function changedRows(
  client: PostgresClient,
  sql: string,
  { mapping }: StagedTable,
  kind: ChangeKind,
): Promise<readonly ChangedRows[]> {
  const { rows } = await client.query(sql);
  return rows.map((row) => ({
    document: Number(row.number),
    table: mapping.name,
    kind,
    rows: Number(row.rows),
  }));
}

const counted = (staging: Staging, change: string, join = 'changed o'): string =>
  `with changed as (${change}) select o.${staging.number} as number, count(*) as rows from ${join} group by 1`;

/** Deletes, updates, then inserts: so a unique value that one row gives up may be taken by another. */
export async function updateRows(client: PostgresClient, staging: Staging): Promise<readonly ChangedRows[]> {
  const { number } = staging;
  const changes: ChangedRows[] = [];
  for (const table of staging.tables.toReversed()) {
    const sql = `delete from ${table.table} t using ${keyOwners(staging)} o
      where ${isOwned(staging, table)} and ${isNotStaged(table)} returning o.${number}`;
    changes.push(...(await changedRows(client, counted(staging, sql), table, 'delete')));
  }
  for (const table of staging.tables) {
    const { columns, mapping } = table;
    const values = columns.map((name) => `${quoteName(name)} = n.${quoteName(name)}`).join(', ');
    const sql = `update ${table.table} t set ${values} from ${table.staged} n join ${stagedOwner(staging, table)}
      where ${equals(mapping.key, 't', mapping.key, 'n')} and ${differs(columns, 't', 'n')} returning o.${number}`;
    changes.push(...(await changedRows(client, counted(staging, sql), table, 'update')));
  }
  for (const table of staging.tables) {
    const sql = `insert into ${table.table} as i (${quoteNames(table.columns)})
      select ${columnsOf(table.columns, 'n')} from ${table.staged} n where ${isMissing(table)}
      returning ${columnsOf(table.documentKey, 'i')}`;
    const join = `changed n join ${stagedOwner(staging, table)}`;
    changes.push(...(await changedRows(client, counted(staging, sql, join), table, 'insert')));
  }
  return changes;
}

/** Deletes rows that are not as staged, children before their parents. */
export async function deleteDiffering(client: PostgresClient, staging: Staging): Promise<void> {
  for (const table of staging.tables.toReversed()) {
    await client.query(
      `delete from ${table.table} t using ${keyOwners(staging)} o
      where ${isOwned(staging, table)} and ${isNotStagedAlike(table)}`,
    );
  }
}

/** Inserts staged rows that are missing, of the documents numbered [from, to). */
export async function insertMissing(
  client: PostgresClient,
  staging: Staging,
  from: number,
  to: number,
): Promise<void> {
  for (const table of staging.tables) {
    await client.query(
      `insert into ${table.table} (${quoteNames(table.columns)})
      select ${columnsOf(table.columns, 'n')} from ${table.staged} n join ${stagedOwner(staging, table)}
      where o.${staging.number} >= $1 and o.${staging.number} < $2 and ${isMissing(table)}`,
      [from, to],
    );
  }
}
