/** Runs a statement and gives its rows. 64-bit numbers come as text. */
export type QueryRows = (
  sql: string,
  parameters?: readonly unknown[],
) => Promise<readonly Record<string, unknown>[]>;
