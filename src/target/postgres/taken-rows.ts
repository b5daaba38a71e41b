import type { DocrowError } from '../../errors/docrow-error.ts';
import type { RowPage, TargetTable } from '../row-target.ts';
import { uniqueColumns } from './catalogue.ts';
import type { PostgresClient } from './connect.ts';
import { CopyRows } from './copy-rows.ts';
import { quoteName, quoteNames, quoteTable } from './quote.ts';

const uniqueViolation = '23505';
const scratch = 'pg_temp.docrow_taken';

/**
 * Rows whose value of a unique constraint a row of the table has already. They go into a temporary table, which is
 * joined with the table: one look instead of a try per row.
 * @param table that `pages` hold rows of
 * @param problem what PostgreSQL had against them
 * @returns positions in the order of `pages`, from 0; none where the problem is another one, or where this cannot be
 * found out, such as without the privilege to make temporary tables
 */
export async function takenRows(
  client: PostgresClient,
  schema: string,
  table: TargetTable,
  pages: readonly RowPage[],
  { context }: DocrowError,
): Promise<readonly number[]> {
  const { sqlstate, constraint } = context;
  const isOfTable =
    sqlstate === uniqueViolation && context['table'] === table.name && constraint !== undefined;
  if (!isOfTable || table.place !== 'mapped') return [];
  await client.query('savepoint taken');
  try {
    const columns = await uniqueColumns(client, schema, table.name, String(constraint));
    const positions =
      columns.length === 0
        ? []
        : await joinedPositions(client, quoteTable(schema, table.name), table, columns, pages);
    await client.query('release savepoint taken');
    return positions;
  } catch {
    // Whatever it was, the rows can still be tried one by one; a lost connection is noticed there.
    await client.query('rollback to savepoint taken');
    await client.query('release savepoint taken');
    return [];
  }
}

async function joinedPositions(
  client: PostgresClient,
  relation: string,
  table: TargetTable,
  unique: readonly string[],
  pages: readonly RowPage[],
): Promise<readonly number[]> {
  let number = 'docrow_number';
  while (table.columns.includes(number)) number += '_';
  const columns = quoteNames(table.columns);
  await client.query(
    `create temporary table docrow_taken as select ${columns} from ${relation} with no data`,
  );
  await client.query(
    `alter table ${scratch} add column ${quoteName(number)} bigint generated always as identity (start with 0 minvalue 0)`,
  );
  const copy = new CopyRows(client, `copy ${scratch} (${columns}) from stdin with (format binary)`);
  for (const page of pages) await copy.write(page);
  await copy.finish();
  // Without statistics PostgreSQL might look at every row of the table for each of these.
  await client.query(`analyze ${scratch}`);
  const pairs = unique.map((name) => `t.${quoteName(name)} = n.${quoteName(name)}`).join(' and ');
  const { rows } = await client.query(
    `select n.${quoteName(number)} as position from ${scratch} n
    where exists (select from ${relation} t where ${pairs}) order by 1`,
  );
  await client.query(`drop table ${scratch}`);
  return rows.map((row) => Number(row.position));
}
