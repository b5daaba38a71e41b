import { rowBuckets } from '../../row-comparer.ts';

/**
 * SQL that gives the bucket of a row by the text of its key, whatever the collation of its columns.
 * @param key SQL of each value of the key
 */
export const bucketSql = (key: readonly string[]): string =>
  `(pg_catalog.hashtextextended(array[${key.map((value) => `${value}::text`).join(', ')}]::text collate "C", 0) & ${rowBuckets - 1})::integer`;
