import type { CollectionMapping, TableMapping } from '../../mapping/mapping.ts';
import { typeSql } from '../../mapping/type-sql.ts';
import { quoteName, quoteNames } from './quote.ts';

/**
 * Rows are found again by the values of their key, as texts. The session's settings make the text of every type exact,
 * so that the cast back gives the very same value.
 */
export type KeyTexts = readonly string[];

/** How the rows of a document are found again. */
export interface DocumentLocator {
  readonly key: KeyTexts;
  /** BSON document `{_id: value}` in hexadecimal. */
  readonly id: string;
}

/** Parses locators, each document's once. */
export function parseLocators(locators: readonly string[]): readonly DocumentLocator[] {
  return [...new Set(locators)].map((locator) => JSON.parse(locator) as DocumentLocator);
}

/** The columns that hold the key of a document's row: in child tables the first ones of the key. */
export function documentKeyColumns(collection: CollectionMapping, table: TableMapping): readonly string[] {
  return table.key.slice(0, collection.tables[0]!.key.length);
}

/** SQL that gives columns of `alias` as an array of texts. */
export const keyTextsSql = (columns: readonly string[], alias: string): string =>
  `array[${columns.map((name) => `${alias}.${quoteName(name)}::text`).join(', ')}]`;

/**
 * A condition on rows of `alias` that is true for those whose columns have the values of one of `keys`.
 * @param number of the first parameter; one is needed per column
 */
export function keyCondition(
  table: TableMapping,
  columns: readonly string[],
  alias: string,
  keys: readonly KeyTexts[],
  number: number,
): { readonly sql: string; readonly parameters: readonly unknown[] } {
  const own = columns.map((name) => `${alias}.${quoteName(name)}`).join(', ');
  const given = columns.map((_, index) => `k${index}`);
  const values = columns.map((name, index) => {
    const { type } = table.columns.find((column) => column.name === name)!;
    return `k${index}::${typeSql(type)}`;
  });
  const lists = columns.map((_, index) => `$${number + index}::text[]`);
  return {
    sql: `(${own}) in (select ${values.join(', ')} from unnest(${lists.join(', ')}) as given (${quoteNames(given)}))`,
    parameters: columns.map((_, index) => keys.map((key) => key[index])),
  };
}
