import type { RefreshWriter } from '../../../checkpoint/refresh-record.ts';
import { typeSql } from '../../../mapping/type-sql.ts';
import type { EarlierRejection, RefreshId } from '../../refresh-target.ts';
import type { PostgresClient } from '../connect.ts';
import { CopyRows } from '../copy-rows.ts';
import { documentKeyPrefix } from '../document-key-prefix.ts';
import { quoteName, quoteNames } from '../quote.ts';
import { binaryArray, numberArray } from './binary-array.ts';
import { binaryRows, numberField } from './binary-rows.ts';
import { columnsOf, equals } from './row-conditions.ts';
import type { RunStatement } from './run-statement.ts';
import type { Staging } from './staging.ts';

/** From so many documents on it pays to let PostgreSQL count what is staged, or it compares each row with each. */
export const manyDocuments = 200;
/** It knows the shape of the rows then, and how many there are by the size of the table. */
const growth = 4;

/** What there is of the documents before. */
export interface LocatedRows {
  /** Numbers of the documents that have a row in the root table. */
  readonly present: ReadonlySet<number>;
  /** Whether any document of the collection is set aside. */
  readonly hasRejections: boolean;
}

/**
 * Fills `owners` with the keys that the documents have in the tables and in staging.
 * @param staged numbers of the documents that were staged, in the order of their rows
 */
export async function locateRows(
  client: PostgresClient,
  run: RunStatement,
  writer: RefreshWriter,
  staging: Staging,
  staged: readonly number[],
  ids: readonly RefreshId[],
): Promise<LocatedRows> {
  const { owners, number, isNew, collection, tables } = staging;
  const root = tables[0]!;
  const { key } = root.mapping;
  staging.state.isUsed = true;
  staging.state.written += ids.length;
  const parameters: unknown[] = [writer.runId, writer.collection, numberArray(staged)];
  if (collection.idColumn === undefined) await locateByDocumentKey(client, run, staging, ids);
  else {
    const known = ids.filter(({ value }) => value !== undefined);
    const { type } = root.mapping.columns.find(({ name }) => name === collection.idColumn)!;
    parameters.push(numberArray(known.map(({ document }) => document)));
    parameters.push(
      binaryArray(
        type.name,
        known.map(({ value }) => value!),
      ),
    );
  }
  // By their positions, since a column of the key may be called `place`.
  const kept = key.map((name, index) => `${quoteName(name)} as c${index}`).join(', ');
  const before = `select o.${number}, false, ${columnsOf(key, 'o')} from ${owners} o where not o.${isNew}`;
  const { rows } = await run(
    `with located (${number}, ${isNew}, ${quoteNames(key)}) as materialized (
      ${collection.idColumn === undefined ? before : knownRows(staging, collection.idColumn)}
    ), made as (
      insert into ${owners} (${number}, ${isNew}, ${quoteNames(key)})
      ${collection.idColumn === undefined ? '' : 'select * from located union all'}
      select d.number, true, ${key.map((_, index) => `n.c${index}`).join(', ')}
      from (select ${kept}, row_number() over (order by ${number}) as place from ${root.staged}) n
      join unnest($3::integer[]) with ordinality as d (number, place) on d.place = n.place
    )
    select distinct o.${number} as number from located o join ${root.table} t on ${equals(key, 'o', key, 't')}
    union all
    select -1 where exists (select from docrow.rejection r where r.run_id = $1 and r.collection = $2)`,
    parameters,
  );
  const present = new Set<number>(rows.map((row) => row.number));
  const hasRejections = present.delete(-1);
  await analyze(client, staging, staged.length);
  return { present, hasRejections };
}

/** Where the `_id` is the key, it is known of a row that is missing, and so leads to what is left below it. */
function knownRows({ tables, isKeyId }: Staging, idColumn: string): string {
  const { table, mapping } = tables[0]!;
  const { type } = mapping.columns.find(({ name }) => name === idColumn)!;
  const given = `unnest($4::integer[], $5::${typeSql(type)}[]) as g (number, value)`;
  if (isKeyId) return `select distinct g.number, false, g.value from ${given}`;
  return `select distinct g.number, false, ${columnsOf(mapping.key, 't')}
    from ${given} join ${table} t on t.${quoteName(idColumn)} = g.value`;
}

async function analyze(client: PostgresClient, staging: Staging, staged: number): Promise<void> {
  const { owners, documentKeys, tables, state } = staging;
  if (staged < manyDocuments || staged < growth * state.analyzed) return;
  const relations = [owners, documentKeys, ...tables.map((each) => each.staged)];
  await client.query(`analyze ${relations.filter((name) => name !== undefined).join(', ')}`);
  state.analyzed = staged;
}

/** The binary forms in `docrow.document_key` become values again on the way that they came: by COPY. */
async function locateByDocumentKey(
  client: PostgresClient,
  run: RunStatement,
  { owners, number, isNew, collection, tables }: Staging,
  ids: readonly RefreshId[],
): Promise<void> {
  const { rows } = await run(
    `select g.number, k.key from unnest($2::integer[], $3::bytea[]) as g (number, id)
    join docrow.document_key k on k.collection = $1 and k.id = g.id
      and ${documentKeyPrefix('k.id')} = ${documentKeyPrefix('g.id')}`,
    [collection.collection, numbersOf(ids), idsOf(ids)],
  );
  const no = Buffer.of(0);
  const fields = rows.map((row) => [numberField(Number(row.number)), no, ...(row.key as Buffer[])]);
  const names = tables[0]!.mapping.key.map(quoteName);
  await copyInto(client, owners, [number, isNew, ...names], fields);
}

/** @param columns quoted */
async function copyInto(
  client: PostgresClient,
  relation: string,
  columns: readonly string[],
  rows: readonly (readonly Uint8Array[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const copy = new CopyRows(
    client,
    `copy ${relation} (${columns.join(', ')}) from stdin with (format binary)`,
  );
  await copy.write(binaryRows(rows));
  await copy.finish();
}

const numbersOf = (ids: readonly RefreshId[]): Buffer => numberArray(ids.map(({ document }) => document));

const idsOf = (ids: readonly RefreshId[]): Buffer =>
  binaryArray(
    'bytea',
    ids.map(({ id }) => id),
  );

/** What is recorded of documents that were set aside. */
export async function earlierRejections(
  run: RunStatement,
  { runId, collection }: RefreshWriter,
  ids: readonly RefreshId[],
): Promise<readonly EarlierRejection[]> {
  const prefix = documentKeyPrefix('r.id');
  const { rows } = await run(
    `select g.number as document, r.rejection_number, r.code, r.path, r.reason
    from docrow.rejection r join unnest($3::integer[], $4::bytea[]) as g (number, id)
      on g.id = r.id and ${documentKeyPrefix('g.id')} = ${prefix}
    where r.run_id = $1 and r.collection = $2`,
    [runId, collection, numbersOf(ids), idsOf(ids)],
  );
  return rows.map((row) => ({
    document: Number(row.document),
    number: String(row.rejection_number),
    code: String(row.code),
    path: String(row.path),
    reason: String(row.reason),
  }));
}
