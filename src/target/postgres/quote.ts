/** Quotes an identifier for SQL. The only way in which a name enters a statement. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A table of a schema, quoted. */
export const quoteTable = (schema: string, table: string): string =>
  `${quoteName(schema)}.${quoteName(table)}`;

export const quoteNames = (names: readonly string[]): string => names.map(quoteName).join(', ');

/** Quotes a text literal, for statements that take no parameters. */
export const quoteText = (text: string): string =>
  text.includes('\\')
    ? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
    : `'${text.replaceAll("'", "''")}'`;
