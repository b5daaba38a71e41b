import type { SequenceBehind } from '../../cutover-target.ts';
import type { PostgresClient } from '../connect.ts';
import { quoteName, quoteTable } from '../quote.ts';

interface FoundSequence {
  readonly schema: string;
  readonly name: string;
  readonly table: string;
  readonly column: string;
}

/** Sequences that a column owns, as identity and serial do, and those that its default asks. */
const sequencesSql = `
  select distinct n.nspname as schema, s.relname as name, c.relname as table, a.attname as column
  from pg_catalog.pg_class c
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_catalog.pg_attrdef f on f.adrelid = c.oid and f.adnum = a.attnum
  join pg_catalog.pg_depend d on
    (d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
      and d.refobjid = c.oid and d.refobjsubid = a.attnum and d.deptype in ('a', 'i'))
    or (d.classid = 'pg_catalog.pg_attrdef'::regclass and d.objid = f.oid
      and d.refclassid = 'pg_catalog.pg_class'::regclass)
  join pg_catalog.pg_class s on s.relkind = 'S'
    and s.oid = case when d.classid = 'pg_catalog.pg_class'::regclass then d.objid else d.refobjid end
  join pg_catalog.pg_namespace n on n.oid = s.relnamespace
  where c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = $1) and c.relname = any($2)
  order by 3, 4, 1, 2`;

/** Sequences whose next value is not beyond what the column holds. */
export async function findSequencesBehind(
  client: PostgresClient,
  schema: string,
  tables: readonly string[],
): Promise<readonly SequenceBehind[]> {
  const { rows } = await client.query(sequencesSql, [schema, [...tables]]);
  const behind: SequenceBehind[] = [];
  for (const found of rows as FoundSequence[]) {
    const sequence = quoteTable(found.schema, found.name);
    const { rows: states } = await client.query(
      `select p.seqincrement > 0 as rises,
        (s.last_value + case when s.is_called then p.seqincrement else 0 end)::text as next
      from ${sequence} s, pg_catalog.pg_sequence p
      where p.seqrelid = $1::regclass`,
      [sequence],
    );
    const { rises, next } = states[0] as { rises: boolean; next: string };
    const column = quoteName(found.column);
    const { rows: extremes } = await client.query(
      `select ${rises ? 'max' : 'min'}(${column})::text as value from ${quoteTable(schema, found.table)}`,
    );
    const value = extremes[0].value as string | null;
    if (value === null || !/^-?\d+$/.test(value)) continue;
    const isBehind = rises ? BigInt(next) <= BigInt(value) : BigInt(next) >= BigInt(value);
    if (isBehind) behind.push({ sequence, table: found.table, column: found.column, value });
  }
  return behind;
}
