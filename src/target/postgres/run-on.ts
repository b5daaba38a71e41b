import type { RunSql } from '../../checkpoint/postgres/save-chunk.ts';
import type { PostgresClient } from './connect.ts';

/** Statements of the checkpoint on a target's connection, and so in its transaction. */
export const runOn =
  (client: PostgresClient): RunSql =>
  (sql, parameters) =>
    client.query(sql, [...parameters]);
