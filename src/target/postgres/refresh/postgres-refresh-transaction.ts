import { saveRefresh } from '../../../checkpoint/postgres/save-refresh.ts';
import type { RefreshRecord, RefreshWriter } from '../../../checkpoint/refresh-record.ts';
import { DocrowError } from '../../../errors/docrow-error.ts';
import { toDocrowError } from '../../../errors/to-docrow-error.ts';
import type {
  ApplyManner,
  ApplyOutcome,
  ClearedReference,
  Followers,
  LocatedDocuments,
  PlannedRow,
  RefreshId,
  RefreshProblem,
  RefreshTransaction,
  TransactionHook,
} from '../../refresh-target.ts';
import type { RowPage } from '../../row-target.ts';
import type { OrphanRow, SetAside } from '../../target-schema.ts';
import { clearRowReferences, setAsideWithin } from '../change-rows.ts';
import { commitChunk, tryRows } from '../chunk-transaction.ts';
import type { PostgresClient } from '../connect.ts';
import { selectOrphans } from '../offending-rows.ts';
import { runOn } from '../run-on.ts';
import { refreshDocumentKeys } from './document-keys.ts';
import type { ForeignKey, ForeignKeyStep } from './foreign-keys.ts';
import { earlierRejections, locateRows } from './locate-rows.ts';
import { countChanges, deleteDiffering, insertMissing, planChanges, updateRows } from './row-changes.ts';
import { stagedOwner } from './row-conditions.ts';
import { clearStagedOrphans, findStagedProblems } from './staged-problems.ts';
import type { Staging } from './staging.ts';
import { findVanishing, type VanishingReference } from './vanishing-values.ts';

interface TransactionParts {
  readonly client: PostgresClient;
  readonly schema: string;
  readonly writer: RefreshWriter;
  readonly staging: Staging;
  /** Those of all collections. */
  readonly foreignKeys: readonly ForeignKey[];
}

/** One transaction on a connection; `begin` was sent already. */
export class PostgresRefreshTransaction implements RefreshTransaction {
  readonly #parts: TransactionParts;
  #ids: readonly RefreshId[] = [];
  #staged: readonly number[] = [];
  #vanishing: readonly VanishingReference[] = [];
  /** Tables that lost rows by `setAside`. */
  readonly #emptied = new Set<string>();

  constructor(parts: TransactionParts) {
    this.#parts = parts;
  }

  async tryRows(pages: readonly (readonly RowPage[])[]): Promise<DocrowError | undefined> {
    const { client, staging } = this.#parts;
    const outcome = await tryRows(client, staging.copies, pages);
    return outcome instanceof DocrowError ? outcome : undefined;
  }

  locate(
    staged: readonly number[],
    ids: readonly RefreshId[],
    kept: ReadonlySet<number>,
  ): Promise<LocatedDocuments> {
    this.#ids = ids.filter(({ document }) => !kept.has(document));
    this.#staged = staged;
    const { client, staging, writer } = this.#parts;
    return attempt(async () => ({
      present: await locateRows(client, staging, staged, this.#ids),
      rejections: await earlierRejections(client, writer, ids),
    }));
  }

  findProblems(): Promise<readonly RefreshProblem[]> {
    const { client, schema, staging } = this.#parts;
    return attempt(() => findStagedProblems(client, schema, staging, this.#ownSteps()));
  }

  clearOrphans(): Promise<readonly ClearedReference[]> {
    const { client, schema, staging } = this.#parts;
    return attempt(() => clearStagedOrphans(client, schema, staging, this.#ownSteps()));
  }

  #ownSteps(): readonly ForeignKeyStep[] {
    const { collection } = this.#parts.staging.collection;
    return this.#parts.foreignKeys.flatMap(({ step }) => (step.collection === collection ? [step] : []));
  }

  plan(limit: number): Promise<readonly PlannedRow[]> {
    const { client, staging } = this.#parts;
    return attempt(() => planChanges(client, staging, limit));
  }

  async apply(manner: ApplyManner): Promise<ApplyOutcome> {
    const { client, staging, foreignKeys } = this.#parts;
    const names = new Set(staging.collection.tables.map(({ name }) => name));
    const referring = foreignKeys.filter(({ step }) => names.has(step.column.references!.table));
    try {
      this.#vanishing = await findVanishing(client, staging, referring);
      const outcome: ApplyOutcome =
        manner === 'replace'
          ? await this.#replace()
          : { kind: 'applied', changes: await updateRows(client, staging) };
      if (outcome.kind === 'applied') {
        await refreshDocumentKeys(
          client,
          staging,
          this.#ids.map(({ id }) => id),
        );
      }
      return outcome;
    } catch (error) {
      const problem = toDocrowError(error);
      if (problem.policy.reaction !== 'reject-document') throw problem;
      return { kind: 'refused', problems: new Map() };
    }
  }

  async #replace(): Promise<ApplyOutcome> {
    const { client, staging } = this.#parts;
    const changes = await countChanges(client, staging);
    await deleteDiffering(client, staging);
    const problems = new Map<number, DocrowError>();
    const changed = new Set(changes.map(({ document }) => document));
    await this.#insertHalves(
      this.#staged.filter((number) => changed.has(number)),
      problems,
    );
    return problems.size > 0 ? { kind: 'refused', problems } : { kind: 'applied', changes };
  }

  /** Inserts rows of documents, and halves them where that is refused, until the refused ones stand alone. */
  async #insertHalves(documents: readonly number[], problems: Map<number, DocrowError>): Promise<void> {
    if (documents.length === 0) return;
    const { client, staging } = this.#parts;
    await client.query('savepoint rows');
    try {
      await insertMissing(client, staging, documents[0]!, documents.at(-1)! + 1);
      await client.query('release savepoint rows');
    } catch (error) {
      const problem = toDocrowError(error);
      if (problem.policy.reaction !== 'reject-document') throw problem;
      await client.query('rollback to savepoint rows');
      await client.query('release savepoint rows');
      if (documents.length === 1) problems.set(documents[0]!, problem);
      else {
        const middle = documents.length >> 1;
        await this.#insertHalves(documents.slice(0, middle), problems);
        await this.#insertHalves(documents.slice(middle), problems);
      }
    }
  }

  async countStaged(documents: readonly number[]): Promise<ReadonlyMap<string, number>> {
    const { client, staging } = this.#parts;
    const counts = new Map<string, number>();
    if (documents.length === 0) return counts;
    for (const table of staging.tables) {
      const { rows } = await client.query(
        `select count(*) as rows from ${table.staged} n join ${stagedOwner(staging, table)}
        where o.${staging.number} = any($1::integer[])`,
        [documents],
      );
      counts.set(table.mapping.name, Number(rows[0].rows));
    }
    return counts;
  }

  findFollowers(): Promise<readonly Followers[]> {
    const { client, schema, foreignKeys } = this.#parts;
    return attempt(async () => {
      const found: Followers[] = [];
      const known = this.#vanishing.map((each) => [each, each.values] as const);
      const emptied = foreignKeys
        .filter(({ step }) => this.#emptied.has(step.column.references!.table))
        .map((each) => [each, undefined] as const);
      for (const [{ collection, step }, values] of [...known, ...emptied]) {
        const rows = await selectOrphans(client, schema, collection, step, values);
        if (rows.length > 0) found.push({ collection, step, rows });
      }
      return found;
    });
  }

  async clearFollowers(
    { collection, step }: Omit<Followers, 'rows'>,
    rows: readonly (OrphanRow & { readonly idText: string })[],
  ): Promise<void> {
    const { client, schema, writer } = this.#parts;
    await attempt(() => clearRowReferences(runOn(client), schema, writer.runId, collection, step, rows));
  }

  async setAside(change: SetAside): Promise<void> {
    const { client, schema, writer } = this.#parts;
    for (const { name } of change.collection.tables) this.#emptied.add(name);
    await attempt(() => setAsideWithin(client, schema, writer.runId, change));
  }

  async commit(record: RefreshRecord, hook: TransactionHook | undefined): Promise<void> {
    const { client, writer } = this.#parts;
    await attempt(async () => {
      await client.query('set constraints all immediate');
      await saveRefresh(runOn(client), writer, record);
      await hook?.(async (sql, parameters) => client.query(sql, [...parameters]));
    });
    await commitChunk(client);
  }

  async rollback(): Promise<void> {
    await this.#parts.client.query('rollback').catch(() => undefined);
  }
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toDocrowError(error);
  }
}
