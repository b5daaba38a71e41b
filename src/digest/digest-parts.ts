import type { ColumnMapping, TableMapping } from '../mapping/mapping.ts';
import type { DigestForm } from './digest-form.ts';

export type DigestColumn = Pick<ColumnMapping, 'name' | 'type'>;

/** A table's columns in the order in which rows hold them, the rest column last. */
export function digestColumns({ columns, rest }: TableMapping): readonly DigestColumn[] {
  if (rest === undefined) return columns;
  return [...columns, { name: rest.name, type: { name: 'jsonb', array: false } }];
}

/** Names of the columns that a row's digests are made from. */
export interface DigestParts {
  /** They hold the root table's key, which puts all the rows of a document into one bucket. */
  readonly document: readonly string[];
  readonly key: readonly string[];
  readonly row: readonly string[];
}

/**
 * Says which columns make a row's digests.
 *
 * `hash_record_extended` is a sum over the columns, so that two values of one column could change places between two
 * rows and leave the sum of all rows as it was. Therefore the hash of a row's own key is the seed for its other columns.
 * SHA-256 has no need of that and takes all columns.
 * @param keyLength columns of the root table's key
 */
export function digestParts(table: TableMapping, keyLength: number, form: DigestForm): DigestParts {
  const names = digestColumns(table).map(({ name }) => name);
  return {
    document: table.key.slice(0, keyLength),
    key: table.key,
    row: form === 'record' ? names.filter((name) => !table.key.includes(name)) : names,
  };
}
