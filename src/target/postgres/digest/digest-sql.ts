import { type DigestForm, keySeed } from '../../../digest/digest-form.ts';
import { digestColumns, digestParts } from '../../../digest/digest-parts.ts';
import { toBigInt } from '../../../digest/row-digest.ts';
import type { TableMapping } from '../../../mapping/mapping.ts';
import { sendSql } from '../send-functions.ts';

const keySeedSql = `'${toBigInt(keySeed)}'::bigint`;

/** SQL that hashes values of type bytea, NULLs included, to a bigint. @param seed SQL of a bigint */
export function recordHashSql(form: DigestForm, values: readonly string[], seed = keySeedSql): string {
  const record = `row(${values.join(', ')})`;
  if (form === 'record') return `pg_catalog.hash_record_extended(${record}, ${seed})`;
  const hash = `pg_catalog.sha256(pg_catalog.record_send(${record}))`;
  return `('x' || pg_catalog.substr(pg_catalog.encode(${hash}, 'hex'), 1, 16))::bit(64)::bigint`;
}

/** SQL of the digests of a table's rows. */
export interface DigestSql {
  /** Of the document's key. */
  readonly document: string;
  /** Of the row. */
  readonly row: string;
}

/** @param alias of the table @param keyLength columns of the root table's key */
export function digestSql(
  table: TableMapping,
  alias: string,
  keyLength: number,
  form: DigestForm,
): DigestSql {
  const columns = digestColumns(table);
  const sends = (names: readonly string[]): readonly string[] =>
    names.map((name) => sendSql(columns.find((column) => column.name === name)!, alias));
  const parts = digestParts(table, keyLength, form);
  const document = recordHashSql(form, sends(parts.document));
  if (form === 'sha256') return { document, row: recordHashSql(form, sends(parts.row)) };
  const seed = recordHashSql(form, sends(parts.key));
  return { document, row: recordHashSql(form, [...sends(parts.row), "''::bytea"], seed) };
}

/** SQL of the bucket that a document belongs to: the lowest bits of its digest. */
export const bucketSql = (document: string, buckets: number): string =>
  `(${document} & ${buckets - 1})::integer`;
