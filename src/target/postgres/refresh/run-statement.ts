import type { QueryResult } from 'pg';
import type { PostgresClient } from '../connect.ts';

/** Runs a statement of the refresh, whose text depends on the mapping alone. */
export type RunStatement = (sql: string, parameters?: readonly unknown[]) => Promise<QueryResult>;

/**
 * Runs statements of few documents by name, so that PostgreSQL parses and plans each once for a connection. Many
 * documents get a plan of their own each time: what is best for one would compare each row with each.
 */
export class Statements {
  readonly #client: PostgresClient;
  readonly #names = new Map<string, string>();

  constructor(client: PostgresClient) {
    this.#client = client;
  }

  readonly planned: RunStatement = (sql, parameters = []) => this.#client.query(sql, [...parameters]);

  readonly prepared: RunStatement = (sql, parameters = []) => {
    let name = this.#names.get(sql);
    if (name === undefined) {
      name = `docrow_refresh_${this.#names.size}`;
      this.#names.set(sql, name);
    }
    return this.#client.query({ name, text: sql, values: [...parameters] });
  };
}
