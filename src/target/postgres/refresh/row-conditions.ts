import { quoteName } from '../quote.ts';
import type { StagedTable, Staging } from './staging.ts';

/** A condition: columns of one alias equal those of another, in order. */
export function equals(
  left: readonly string[],
  leftAlias: string,
  right: readonly string[],
  rightAlias: string,
): string {
  return left
    .map((name, index) => `${leftAlias}.${quoteName(name)} = ${rightAlias}.${quoteName(right[index]!)}`)
    .join(' and ');
}

/** Columns of an alias, for a list. */
export const columnsOf = (columns: readonly string[], alias: string): string =>
  columns.map((name) => `${alias}.${quoteName(name)}`).join(', ');

/**
 * A condition: any of the columns differs, byte by byte. It is true for values that are equal and not the same, such
 * as 1.1 and 1.10, and works for types without an equality, such as json. The casts keep PostgreSQL from comparing
 * column by column with an operator that only whole records have.
 */
export function differs(columns: readonly string[], left: string, right: string): string {
  return `row(${columnsOf(columns, left)})::record operator(pg_catalog.*<>) row(${columnsOf(columns, right)})::record`;
}

const rootKey = ({ collection }: Staging): readonly string[] => collection.tables[0]!.key;

/** Joins the staged document that a staged row `n` belongs to, as `o`. */
export const stagedOwner = (staging: Staging, { documentKey }: StagedTable): string =>
  `${staging.owners} o on o.${staging.isNew} and ${equals(rootKey(staging), 'o', documentKey, 'n')}`;

/** The documents by the keys that they have or had, one for each key: rows that go are those of the earlier one. */
export function keyOwners({ owners, number, isNew, collection }: Staging): string {
  const key = columnsOf(collection.tables[0]!.key, 'w');
  return `(select distinct on (${key}) w.${number}, ${key} from ${owners} w order by ${key}, w.${isNew})`;
}

/** A condition: row `t` of a table belongs to document `o`. */
export const isOwned = (staging: Staging, { documentKey }: StagedTable): string =>
  equals(documentKey, 't', rootKey(staging), 'o');

/** A condition: there is no row of the key of `t` among the staged ones. */
export const isNotStaged = ({ staged, mapping: { key } }: StagedTable): string =>
  `not exists (select from ${staged} n where ${equals(key, 'n', key, 't')})`;

/** A condition: the very row `t` is not among the staged ones. */
export const isNotStagedAlike = ({ staged, columns, mapping: { key } }: StagedTable): string =>
  `not exists (select from ${staged} n where ${equals(key, 'n', key, 't')} and not (${differs(columns, 'n', 't')}))`;

/** A condition: there is no row of the key of the staged row `n` in the table. */
export const isMissing = ({ table, mapping: { key } }: StagedTable): string =>
  `not exists (select from ${table} t where ${equals(key, 't', key, 'n')})`;
