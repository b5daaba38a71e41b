import type { RefreshWriter } from '../../../checkpoint/refresh-record.ts';
import { toDocrowError } from '../../../errors/to-docrow-error.ts';
import type { CollectionMapping } from '../../../mapping/mapping.ts';
import type { RefreshBatch, RefreshTransaction, TransactionHook } from '../../refresh-target.ts';
import type { TargetTable } from '../../row-target.ts';
import { commitChunk } from '../chunk-transaction.ts';
import { PostgresRefreshTransaction, type TransactionEnd } from './postgres-refresh-transaction.ts';
import { beginSql, type RefreshSession } from './refresh-session.ts';
import { stagedRowsSavepoint } from './stage-rows.ts';
import { emptyStaging } from './staging.ts';

const partSavepoint = 'savepoint docrow_part';

/** One transaction, begun with the first of its parts; each part lives on a savepoint. */
export class PostgresRefreshBatch implements RefreshBatch {
  readonly #session: RefreshSession;
  /** Collections whose temporary tables were there before the transaction. */
  #before: readonly string[] | undefined;
  /** Whether a part that is done still has its savepoint: it is released along with the next statement. */
  #isPartOpen = false;
  #isFenced = false;

  constructor(session: RefreshSession) {
    this.#session = session;
  }

  async begin(
    writer: RefreshWriter,
    collection: CollectionMapping,
    tables: readonly TargetTable[],
  ): Promise<RefreshTransaction> {
    try {
      const parts = await this.#session.partsOf(collection, tables);
      const { staging } = parts;
      const emptied = emptyStaging(staging);
      const statements = [...this.#ready(), partSavepoint, ...emptied, stagedRowsSavepoint];
      await this.#session.client.query(statements.join('; '));
      return new PostgresRefreshTransaction({ ...parts, writer, end: this.#partEnd() });
    } catch (error) {
      throw toDocrowError(error);
    }
  }

  /** What has to be sent before anything else. */
  #ready(): readonly string[] {
    if (this.#before === undefined) {
      this.#before = this.#session.collections;
      return [beginSql];
    }
    const statements = this.#isPartOpen ? [`release ${partSavepoint}`] : [];
    this.#isPartOpen = false;
    return [...statements, 'set constraints all deferred'];
  }

  #partEnd(): TransactionEnd {
    return {
      isFenced: this.#isFenced,
      commit: async () => {
        this.#isPartOpen = true;
        this.#isFenced = true;
      },
      rollback: async () => {
        await this.#session.client
          .query(`rollback to ${partSavepoint}; release ${partSavepoint}`)
          .catch(() => undefined);
      },
    };
  }

  async commit(hook: TransactionHook): Promise<void> {
    const { client } = this.#session;
    if (this.#before === undefined) await orDocrowError(client.query(this.#ready().join('; ')));
    await orDocrowError(hook(async (sql, parameters) => client.query(sql, [...parameters])));
    await commitChunk(client);
  }

  async rollback(): Promise<void> {
    if (this.#before === undefined) return;
    this.#session.forgetBut(this.#before);
    this.#session.forgetStatistics();
    await this.#session.client.query('rollback').catch(() => undefined);
  }
}

async function orDocrowError<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw toDocrowError(error);
  }
}
