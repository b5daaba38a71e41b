import type { ChangedRows, ChangeKind, PlannedRow, RowKey } from '../../refresh-target.ts';
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
import type { RunStatement } from './run-statement.ts';
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
  run: RunStatement,
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
      const { rows } = await run(
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

/** What is known of the staged documents without asking. */
export interface StagedFacts {
  /** Rows by table, in the order of the mapping. */
  readonly rows: readonly number[];
  /** Whether documents may have rows, be it below a row of the root table that is missing. */
  readonly mayHaveRows: boolean;
  /** Whether rows of the root table may have to go, to be changed, to come. */
  readonly mayLeave: boolean;
  readonly mayDiffer: boolean;
  readonly mayArrive: boolean;
}

/** @param present numbers of the documents that have a row in the root table */
export function stagedFacts(
  { isKeyId }: Staging,
  rows: readonly number[],
  staged: readonly number[],
  present: ReadonlySet<number>,
  mayHaveRows: boolean,
): StagedFacts {
  // A key that does not follow from the `_id` may be another one than before, or that of a row that is nobody's.
  if (!isKeyId) {
    const isAny = staged.length > 0;
    return { rows, mayHaveRows, mayLeave: present.size > 0, mayDiffer: isAny, mayArrive: isAny };
  }
  const known = staged.filter((number) => present.has(number)).length;
  return {
    rows,
    mayHaveRows,
    mayLeave: present.size > known,
    mayDiffer: known > 0,
    mayArrive: staged.length > known,
  };
}

/** One part of a statement that changes several tables: a common table expression, and what it counts. */
interface Change {
  readonly table: StagedTable;
  readonly sql: string;
  /** What the changed rows are counted from, as the tail of a select over the alias `o` of their document. */
  readonly from: (changed: string) => string;
}

/** What would be changed, counted. */
export async function countChanges(run: RunStatement, staging: Staging): Promise<readonly ChangedRows[]> {
  const changes: ChangedRows[] = [];
  for (const table of staging.tables) {
    const tails = differingRows(staging, table);
    for (const kind of changeKinds) {
      const { rows } = await run(
        `select o.${staging.number} as number, count(*)::integer as rows ${tails[kind]} group by 1`,
      );
      for (const row of rows) {
        changes.push({ document: row.number, table: table.mapping.name, kind, rows: row.rows });
      }
    }
  }
  return changes;
}

/**
 * Deletes, updates, then inserts: so a unique value that one row gives up may be taken by another. Foreign keys are
 * looked at later, so that one statement may do the same to all tables.
 */
export async function updateRows(
  run: RunStatement,
  staging: Staging,
  facts: StagedFacts,
): Promise<readonly ChangedRows[]> {
  const { tables } = staging;
  const chosen = (root: boolean, below: boolean, isStaged: boolean): readonly StagedTable[] =>
    tables.filter((_table, place) => (place === 0 ? root : below) && (!isStaged || facts.rows[place]! > 0));
  const deletes = chosen(facts.mayLeave, facts.mayHaveRows, false);
  const updates = chosen(facts.mayDiffer, facts.mayHaveRows, true);
  const inserts = chosen(facts.mayArrive, true, true);
  return [
    ...(await changeRows(run, staging, 'delete', deletes.toReversed().map(deletion(staging)))),
    ...(await changeRows(run, staging, 'update', updates.map(updating(staging)))),
    ...(await changeRows(run, staging, 'insert', inserts.map(insertion(staging)))),
  ];
}

async function changeRows(
  run: RunStatement,
  { number }: Staging,
  kind: ChangeKind,
  parts: readonly Change[],
): Promise<readonly ChangedRows[]> {
  if (parts.length === 0) return [];
  const expressions = parts.map(({ sql }, place) => `c${place} as (${sql})`);
  const counts = parts.map(
    ({ from }, place) =>
      `select ${place} as place, o.${number} as number, count(*)::integer as rows ${from(`c${place}`)} group by 2`,
  );
  const { rows } = await run(`with ${expressions.join(', ')} ${counts.join(' union all ')}`);
  return rows.map((row) => ({
    document: row.number,
    table: parts[row.place]!.table.mapping.name,
    kind,
    rows: row.rows,
  }));
}

const deletion =
  (staging: Staging) =>
  (table: StagedTable): Change => ({
    table,
    sql: `delete from ${table.table} t using ${keyOwners(staging)} o
      where ${isOwned(staging, table)} and ${isNotStaged(table)} returning o.${staging.number}`,
    from: (changed) => `from ${changed} o`,
  });

const updating =
  (staging: Staging) =>
  (table: StagedTable): Change => {
    const { columns, mapping } = table;
    const values = columns.map((name) => `${quoteName(name)} = n.${quoteName(name)}`).join(', ');
    return {
      table,
      sql: `update ${table.table} t set ${values} from ${table.staged} n join ${stagedOwner(staging, table)}
      where ${equals(mapping.key, 't', mapping.key, 'n')} and ${differs(columns, 't', 'n')} returning o.${staging.number}`,
      from: (changed) => `from ${changed} o`,
    };
  };

const insertion =
  (staging: Staging) =>
  (table: StagedTable): Change => ({
    table,
    sql: `insert into ${table.table} as i (${quoteNames(table.columns)})
      select ${columnsOf(table.columns, 'n')} from ${table.staged} n where ${isMissing(table)}
      returning ${columnsOf(table.documentKey, 'i')}`,
    from: (changed) => `from ${changed} n join ${stagedOwner(staging, table)}`,
  });

/** Deletes rows that are not as staged, children before their parents. */
export async function deleteDiffering(run: RunStatement, staging: Staging): Promise<void> {
  for (const table of staging.tables.toReversed()) {
    await run(
      `delete from ${table.table} t using ${keyOwners(staging)} o
      where ${isOwned(staging, table)} and ${isNotStagedAlike(table)}`,
    );
  }
}

/** Inserts staged rows that are missing, of the documents numbered [from, to). */
export async function insertMissing(
  run: RunStatement,
  staging: Staging,
  from: number,
  to: number,
): Promise<void> {
  for (const table of staging.tables) {
    await run(
      `insert into ${table.table} (${quoteNames(table.columns)})
      select ${columnsOf(table.columns, 'n')} from ${table.staged} n join ${stagedOwner(staging, table)}
      where o.${staging.number} >= $1 and o.${staging.number} < $2 and ${isMissing(table)}`,
      [from, to],
    );
  }
}
