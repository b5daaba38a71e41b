export interface SchemaStatements {
  /** What has to be there before the first row. */
  readonly before: readonly string[];
  /** Keys, indexes and statistics. */
  readonly after: readonly string[];
}

/** Cuts what `docrow schema` prints in two: each statement ends a line with a semicolon. */
export function splitSchema(sql: string): SchemaStatements {
  const statements = sql
    .split(/;\s*\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
  const isBefore = (statement: string): boolean => /^create (schema|table)\b/.test(statement);
  return {
    before: statements.filter(isBefore),
    after: statements.filter((statement) => !isBefore(statement)),
  };
}
