import type { RejectionCode } from '../../../errors/error-codes.ts';
import type { RecordedExceptions } from '../../row-comparer.ts';
import type { PostgresClient } from '../connect.ts';
import { documentKeyPrefix } from '../document-key-prefix.ts';

/** A condition that an index on the beginnings of `_id`s serves. */
const isAmong = (parameter: string): string =>
  `${documentKeyPrefix('id')} = any(array(select ${documentKeyPrefix('i')} from unnest(${parameter}::bytea[]) i))
    and id = any(${parameter}::bytea[])`;

/** Reads what rejections and cleared references say about some documents. */
export async function selectExceptions(
  client: PostgresClient,
  runId: string,
  collection: string,
  codes: readonly RejectionCode[],
  ids: readonly Uint8Array[],
): Promise<RecordedExceptions> {
  const given = ids.map((id) => Buffer.from(id));
  const rejections = await client.query(
    `select pg_catalog.encode(id, 'hex') as id, code, pg_catalog.encode(pg_catalog.sha256(document), 'hex') as hash
    from docrow.rejection where run_id = $1 and collection = $2 and code = any($3) and ${isAmong('$4')}`,
    [runId, collection, codes, given],
  );
  const cleared = await client.query(
    `select pg_catalog.encode(id, 'hex') as id, table_name, column_name, count(*)::integer as rows
    from docrow.audit
    where run_id = $1 and collection = $2 and action = 'orphan-null' and ${isAmong('$3')}
    group by 1, 2, 3`,
    [runId, collection, given],
  );
  return {
    rejections: rejections.rows.map(({ id, code, hash }) => ({
      idHex: String(id),
      code: String(code) as RejectionCode,
      documentHash: hash === null ? undefined : String(hash),
    })),
    cleared: cleared.rows.map((row) => ({
      idHex: String(row.id),
      table: String(row.table_name),
      column: String(row.column_name),
      rows: Number(row.rows),
    })),
  };
}
