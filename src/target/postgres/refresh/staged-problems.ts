import type { ClearedReference, RefreshProblem } from '../../refresh-target.ts';
import { quoteName, quoteTable, quoteText } from '../quote.ts';
import { keySql, sendSql } from '../send-functions.ts';
import type { ForeignKeyStep, UniqueStep } from './made-constraints.ts';
import { columnsOf, equals, stagedOwner } from './row-conditions.ts';
import type { RunStatement } from './run-statement.ts';
import type { StagedTable, Staging } from './staging.ts';

/** What one look tells of the staged documents. */
export interface StagedProblems {
  readonly problems: readonly RefreshProblem[];
  /** Foreign keys with staged references that lead nowhere and are to be NULL. */
  readonly orphaned: readonly ForeignKeyStep[];
}

/** One part of the statement that looks for problems, and what its rows mean. */
interface Look {
  /** Gives the number of a document, or 0, and the reference in binary form, or NULL. */
  readonly sql: string;
  readonly toProblem: ((document: number, reference: Buffer) => RefreshProblem) | undefined;
  readonly step?: ForeignKeyStep;
}

/**
 * Staged documents that cannot be in the tables: keys that are taken, and references that lead nowhere.
 * @param uniques of these it is looked whether other documents have the same values
 * @param rows staged ones by table, in the order of the mapping
 */
export async function findStagedProblems(
  run: RunStatement,
  schema: string,
  staging: Staging,
  steps: readonly ForeignKeyStep[],
  uniques: readonly UniqueStep[],
  rows: readonly number[],
): Promise<StagedProblems> {
  const staged = staging.tables.filter((_table, place) => rows[place]! > 0);
  const looks = [
    ...staged.flatMap((table) => ownDuplicates(staging, table)),
    ...(staging.isKeyId || staged.length === 0 ? [] : [stagedKeys(staging), takenKeys(staging)]),
    ...uniques.flatMap((step) => {
      const table = staged.find(({ mapping }) => mapping.name === step.table.name);
      return table === undefined ? [] : [takenValues(staging, table, step)];
    }),
    ...steps.flatMap((step) => {
      const table = staged.find(({ mapping }) => mapping.name === step.table.name);
      return table === undefined ? [] : [orphans(schema, staging, table, step)];
    }),
  ];
  if (looks.length === 0) return { problems: [], orphaned: [] };
  const selects = looks.map(({ sql }, place) => `select ${place} as place, l.* from (${sql}) l`);
  const found = await run(selects.join(' union all '));
  const problems: RefreshProblem[] = [];
  const orphaned: ForeignKeyStep[] = [];
  for (const { place, number, reference } of found.rows) {
    const { toProblem, step } = looks[place]!;
    if (toProblem !== undefined) problems.push(toProblem(number, reference));
    else orphaned.push(step!);
  }
  return { problems, orphaned };
}

/** Documents that have a key of a child table twice; the position of an element is there once. */
function ownDuplicates(staging: Staging, table: StagedTable): readonly Look[] {
  const { mapping, staged, documentKey } = table;
  const isNumbered = mapping.columns.some(
    ({ name, from }) => mapping.key.includes(name) && from.some(({ kind }) => kind === 'index'),
  );
  if (mapping.each === undefined || isNumbered) return [];
  return [
    {
      sql: `select distinct o.${staging.number} as number, null::bytea as reference from (
        select ${columnsOf(documentKey, 's')} from ${staged} s group by ${columnsOf(mapping.key, 's')} having count(*) > 1
      ) n join ${stagedOwner(staging, table)}`,
      toProblem: (document) => ({
        document,
        kind: 'duplicate',
        table: mapping,
        columns: mapping.key,
        isOwn: true,
      }),
    },
  ];
}

const duplicate =
  ({ tables }: Staging) =>
  (document: number): RefreshProblem => ({
    document,
    kind: 'duplicate',
    table: tables[0]!.mapping,
    columns: tables[0]!.mapping.key,
    isOwn: false,
  });

const rootKeys = ({ tables }: Staging): string => {
  const { key } = tables[0]!.mapping;
  return equals(key, 'p', key, 'o');
};

/** Documents whose key in the root table a staged one of a smaller number has. */
const stagedKeys = (staging: Staging): Look => ({
  sql: `select distinct o.${staging.number} as number, null::bytea as reference from ${staging.owners} o
    where o.${staging.isNew} and exists (
      select from ${staging.owners} p
      where p.${staging.isNew} and ${rootKeys(staging)} and p.${staging.number} < o.${staging.number}
    )`,
  toProblem: duplicate(staging),
});

/**
 * Documents whose key in the root table another one that is there has. A row that no document is recorded for is
 * nobody's, and becomes the one of the document that has its key.
 */
function takenKeys(staging: Staging): Look {
  const { owners, number, isNew, collection, tables } = staging;
  const { mapping, table } = tables[0]!;
  const { key } = mapping;
  const isRecorded = ` and exists (
    select from docrow.document_key k
    where k.collection = ${quoteText(collection.collection)} and k.key = ${keySql(mapping, key, 't')}
  )`;
  return {
    sql: `select distinct o.${number} as number, null::bytea as reference
      from ${owners} o join ${table} t on ${equals(key, 't', key, 'o')}
      where o.${isNew} and not exists (select from ${owners} p where not p.${isNew} and ${rootKeys(staging)})
      ${collection.idColumn === undefined ? isRecorded : ''}`,
    toProblem: duplicate(staging),
  };
}

/**
 * Documents with a value that must be unique and that another one has and keeps. PostgreSQL would refuse them too, but
 * not without having written the row.
 */
function takenValues(staging: Staging, staged: StagedTable, { columns, where }: UniqueStep): Look {
  const { mapping, table, documentKey } = staged;
  const among = (relation: string): string =>
    where === undefined ? relation : `(select * from ${relation} where ${where})`;
  const rootKey = staging.collection.tables[0]!.key;
  return {
    sql: `select distinct o.${staging.number} as number, null::bytea as reference
      from ${among(staged.staged)} n join ${stagedOwner(staging, staged)}
      join ${among(table)} t on ${equals(columns, 't', columns, 'n')}
      where not (${equals(mapping.key, 't', mapping.key, 'n')})
        and (not exists (select from ${staging.owners} p where ${equals(documentKey, 't', rootKey, 'p')})
          or exists (select from ${among(staged.staged)} s
            where ${equals(mapping.key, 's', mapping.key, 't')} and ${equals(columns, 's', columns, 't')}))`,
    toProblem: (document) => ({ document, kind: 'duplicate', table: mapping, columns, isOwn: false }),
  };
}

/** Staged references that lead nowhere: each, or whether there is one where they are to be NULL. */
function orphans(schema: string, staging: Staging, staged: StagedTable, step: ForeignKeyStep): Look {
  const { table, column } = step;
  const where = isStagedOrphan(schema, staging, step);
  if (column.references!.orphans === 'null') {
    const sql = `select 0 as number, null::bytea as reference where exists (select from ${staged.staged} n where ${where})`;
    return { sql, toProblem: undefined, step };
  }
  return {
    sql: `select distinct o.${staging.number} as number, ${sendSql(column, 'n')} as reference
      from ${staged.staged} n join ${stagedOwner(staging, staged)} where ${where}`,
    toProblem: (document, reference) => ({ document, kind: 'reference', table, column, reference }),
  };
}

/** Sets staged references that lead nowhere to NULL. */
export async function clearStagedOrphans(
  run: RunStatement,
  schema: string,
  staging: Staging,
  steps: readonly ForeignKeyStep[],
): Promise<readonly ClearedReference[]> {
  const cleared: ClearedReference[] = [];
  for (const step of steps) {
    const { table, column } = step;
    const staged = staging.tables.find(({ mapping }) => mapping.name === table.name)!;
    const { rows } = await run(
      `with cleared as (
        update ${staged.staged} n set ${quoteName(column.name)} = null where ${isStagedOrphan(schema, staging, step)}
        returning ${columnsOf(staged.documentKey, 'n')}
      )
      select distinct o.${staging.number} as number from cleared n join ${stagedOwner(staging, staged)}`,
    );
    for (const row of rows) {
      cleared.push({ document: row.number, table: table.name, column: column.name });
    }
  }
  return cleared;
}

/**
 * A condition on the staged row `n`: it refers to a row that is not staged, and is not there or will not be when the
 * documents at hand are as staged.
 */
function isStagedOrphan(schema: string, staging: Staging, { column }: ForeignKeyStep): string {
  const { table: tableName, column: referenced } = column.references!;
  const reference = `n.${quoteName(column.name)}`;
  const own = staging.tables.find(({ mapping }) => mapping.name === tableName);
  const rootKey = staging.collection.tables[0]!.key;
  const stays =
    own === undefined
      ? ''
      : ` and not exists (select from ${staging.owners} q where ${equals(rootKey, 'q', own.documentKey, 'p')})`;
  const conditions = [
    `${reference} is not null`,
    `not exists (select from ${quoteTable(schema, tableName)} p where p.${quoteName(referenced)} = ${reference}${stays})`,
  ];
  if (own !== undefined) {
    conditions.push(
      `not exists (select from ${own.staged} s where s.${quoteName(referenced)} = ${reference})`,
    );
  }
  return conditions.join(' and ');
}
