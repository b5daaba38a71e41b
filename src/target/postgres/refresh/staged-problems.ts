import type { ClearedReference, RefreshProblem } from '../../refresh-target.ts';
import type { PostgresClient } from '../connect.ts';
import { quoteName, quoteTable } from '../quote.ts';
import { keySql, sendSql } from '../send-functions.ts';
import type { ForeignKeyStep } from './foreign-keys.ts';
import { columnsOf, equals, stagedOwner } from './row-conditions.ts';
import type { Staging } from './staging.ts';

/** Staged documents that cannot be in the tables: keys that are taken, and references that lead nowhere. */
export async function findStagedProblems(
  client: PostgresClient,
  schema: string,
  staging: Staging,
  steps: readonly ForeignKeyStep[],
): Promise<readonly RefreshProblem[]> {
  const problems = [...(await ownDuplicates(client, staging)), ...(await takenKeys(client, staging))];
  for (const step of steps) {
    const { table, column } = step;
    if (column.references!.orphans !== 'reject') continue;
    const staged = staging.tables.find(({ mapping }) => mapping.name === table.name)!;
    const { rows } = await client.query(
      `select distinct on (1) o.${staging.number} as number, ${sendSql(column, 'n')} as reference
      from ${staged.staged} n join ${stagedOwner(staging, staged)} where ${isStagedOrphan(schema, staging, step)}
      order by 1`,
    );
    for (const row of rows) {
      const reference = row.reference as Buffer;
      problems.push({ document: Number(row.number), kind: 'reference', table, column, reference });
    }
  }
  return problems;
}

/** Documents that have a key of a child table twice. */
async function ownDuplicates(client: PostgresClient, staging: Staging): Promise<RefreshProblem[]> {
  const problems: RefreshProblem[] = [];
  for (const each of staging.tables.slice(1)) {
    const { mapping, staged, documentKey } = each;
    const { rows } = await client.query(
      `select distinct o.${staging.number} as number from (
        select ${columnsOf(documentKey, 's')} from ${staged} s group by ${columnsOf(mapping.key, 's')} having count(*) > 1
      ) n join ${stagedOwner(staging, each)}`,
    );
    for (const row of rows) {
      problems.push({ document: Number(row.number), kind: 'duplicate', table: mapping, isOwn: true });
    }
  }
  return problems;
}

/** Documents whose key in the root table another one has: a staged one of a smaller number, or one that is there. */
async function takenKeys(client: PostgresClient, staging: Staging): Promise<RefreshProblem[]> {
  const { owners, number, isNew, collection, tables } = staging;
  const { mapping, table } = tables[0]!;
  const { key } = mapping;
  const own = equals(key, 'p', key, 'o');
  const staged = await client.query(
    `select distinct o.${number} as number from ${owners} o where o.${isNew}
      and exists (select from ${owners} p where p.${isNew} and ${own} and p.${number} < o.${number})`,
  );
  const foreign = `o.${isNew} and not exists (select from ${owners} p where not p.${isNew} and ${own})`;
  const joined = `${owners} o join ${table} t on ${equals(key, 't', key, 'o')} where ${foreign}`;
  let there = await client.query(`select distinct o.${number} as number from ${joined}`);
  if (there.rows.length > 0 && collection.idColumn === undefined) {
    // A row that no document is recorded for is nobody's, and becomes the one of the document that has its key.
    there = await client.query(
      `select distinct o.${number} as number from ${joined} and exists (
        select from docrow.document_key k where k.collection = $1 and k.key = ${keySql(mapping, key, 't')}
      )`,
      [collection.collection],
    );
  }
  return [...staged.rows, ...there.rows].map((row) => ({
    document: Number(row.number),
    kind: 'duplicate',
    table: mapping,
    isOwn: false,
  }));
}

/** Sets staged references that lead nowhere to NULL. */
export async function clearStagedOrphans(
  client: PostgresClient,
  schema: string,
  staging: Staging,
  steps: readonly ForeignKeyStep[],
): Promise<readonly ClearedReference[]> {
  const cleared: ClearedReference[] = [];
  for (const step of steps) {
    const { table, column } = step;
    if (column.references!.orphans !== 'null') continue;
    const staged = staging.tables.find(({ mapping }) => mapping.name === table.name)!;
    const { rows } = await client.query(
      `with cleared as (
        update ${staged.staged} n set ${quoteName(column.name)} = null where ${isStagedOrphan(schema, staging, step)}
        returning ${columnsOf(staged.documentKey, 'n')}
      )
      select distinct o.${staging.number} as number from cleared n join ${stagedOwner(staging, staged)}`,
    );
    for (const row of rows) {
      cleared.push({ document: Number(row.number), table: table.name, column: column.name });
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
