import type { DocrowError } from '../../../errors/docrow-error.ts';
import { toDocrowError } from '../../../errors/to-docrow-error.ts';
import type { RowPage } from '../../row-target.ts';
import type { PostgresClient } from '../connect.ts';
import { CopyRows } from '../copy-rows.ts';
import type { Staging } from './staging.ts';

/** To be sent when the transaction begins: rows that are refused are rolled back to here. */
export const stagedRowsSavepoint = 'savepoint docrow_rows';

/** Copies rows into the temporary tables, of all tables or none. */
export class StageRows {
  readonly #client: PostgresClient;
  readonly #staging: Staging;
  /** Whether rows were written since the savepoint, which a refusal must not take with it. */
  #isBehind = false;
  /** Rows by table, in the order of the mapping. */
  readonly rows: number[];

  constructor(client: PostgresClient, staging: Staging) {
    this.#client = client;
    this.#staging = staging;
    this.rows = staging.copies.map(() => 0);
  }

  /** @returns what PostgreSQL has against the rows */
  async try(pages: readonly (readonly RowPage[])[]): Promise<DocrowError | undefined> {
    const { state, copies } = this.#staging;
    const written = copies.map(() => 0);
    try {
      if (this.#isBehind) {
        await this.#client.query(`release ${stagedRowsSavepoint}; ${stagedRowsSavepoint}`);
        this.#isBehind = false;
      }
      for (const [table, tablePages] of pages.entries()) {
        if (tablePages.length === 0) continue;
        state.isUsed = true;
        const copy = new CopyRows(this.#client, copies[table]!);
        for (const page of tablePages) await copy.write(page);
        written[table] = await copy.finish();
        state.written += written[table];
      }
    } catch (error) {
      const problem = toDocrowError(error);
      if (problem.policy.reaction !== 'reject-document') throw problem;
      // Rolling back keeps the savepoint for the next rows.
      await this.#client.query(`rollback to ${stagedRowsSavepoint}`);
      return problem;
    }
    this.#isBehind = written.some((rows) => rows > 0);
    for (const [table, rows] of written.entries()) this.rows[table]! += rows;
    return undefined;
  }
}
