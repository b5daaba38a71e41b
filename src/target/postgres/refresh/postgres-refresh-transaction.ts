import { requireEpoch, saveRefresh } from '../../../checkpoint/postgres/save-refresh.ts';
import type { RefreshRecord, RefreshWriter } from '../../../checkpoint/refresh-record.ts';
import type { DocrowError } from '../../../errors/docrow-error.ts';
import { toDocrowError } from '../../../errors/to-docrow-error.ts';
import type {
  ApplyManner,
  ApplyOutcome,
  ClearedReference,
  Followers,
  LoadCounts,
  LocatedDocuments,
  PlannedRow,
  RefreshId,
  RefreshProblem,
  RefreshTransaction,
} from '../../refresh-target.ts';
import type { RowPage } from '../../row-target.ts';
import type { OrphanRow, SetAside } from '../../target-schema.ts';
import { clearRowReferences, setAsideWithin } from '../change-rows.ts';
import type { PostgresClient } from '../connect.ts';
import { selectOrphans } from '../offending-rows.ts';
import { runOn } from '../run-on.ts';
import { refreshDocumentKeys } from './document-keys.ts';
import { earlierRejections, locateRows, manyDocuments } from './locate-rows.ts';
import type { ForeignKey, ForeignKeyStep, UniqueStep } from './made-constraints.ts';
import {
  countChanges,
  deleteDiffering,
  insertMissing,
  planChanges,
  type StagedFacts,
  stagedFacts,
  updateRows,
} from './row-changes.ts';
import { stagedOwner } from './row-conditions.ts';
import type { RunStatement, Statements } from './run-statement.ts';
import { StageRows } from './stage-rows.ts';
import { clearStagedOrphans, findStagedProblems } from './staged-problems.ts';
import type { Staging } from './staging.ts';
import { findVanishing, type VanishingReference } from './vanishing-values.ts';

/** How a transaction ends: by itself, or as a part of a batch. */
export interface TransactionEnd {
  /** Whether an earlier one of the same batch made sure of the run's epoch. */
  readonly isFenced: boolean;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** Of one table: statements that were planned for few would compare each with each. */
const manyRows = 300;

/** PostgreSQL takes a small table that it has not looked at for a larger one, and might read all of the large one beside it. */
const joinsOf = (isSmall: boolean): string =>
  ['hash', 'merge'].map((kind) => `set local enable_${kind}join = ${isSmall ? 'off' : 'on'}`).join('; ');

interface TransactionParts {
  readonly client: PostgresClient;
  readonly statements: Statements;
  readonly schema: string;
  readonly writer: RefreshWriter;
  readonly staging: Staging;
  /** Those of all collections. */
  readonly foreignKeys: readonly ForeignKey[];
  readonly uniques: () => Promise<readonly UniqueStep[]>;
  readonly end: TransactionEnd;
}

/** One transaction on a connection, or one of a batch; what begins it was sent already. */
export class PostgresRefreshTransaction implements RefreshTransaction {
  readonly #parts: TransactionParts;
  readonly #stage: StageRows;
  /** How statements are run, which depends on how many documents there are. */
  #run: RunStatement;
  #ids: readonly RefreshId[] = [];
  #staged: readonly number[] = [];
  #orphaned: readonly ForeignKeyStep[] = [];
  #facts: StagedFacts | undefined;
  #mayBeTaken = false;
  #vanishing: readonly VanishingReference[] = [];
  /** Tables that lost rows by `setAside`. */
  readonly #emptied = new Set<string>();

  constructor(parts: TransactionParts) {
    this.#parts = parts;
    this.#stage = new StageRows(parts.client, parts.staging);
    this.#run = parts.statements.planned;
  }

  tryRows(pages: readonly (readonly RowPage[])[]): Promise<DocrowError | undefined> {
    return this.#stage.try(pages);
  }

  locate(
    staged: readonly number[],
    ids: readonly RefreshId[],
    kept: ReadonlySet<number>,
  ): Promise<LocatedDocuments> {
    const { client, statements, staging, writer } = this.#parts;
    this.#ids = kept.size === 0 ? ids : ids.filter(({ document }) => !kept.has(document));
    this.#staged = staged;
    const isSmall = ids.length < manyDocuments && this.#stage.rows.every((rows) => rows < manyRows);
    if (isSmall) this.#run = statements.prepared;
    return attempt(async () => {
      await client.query(joinsOf(isSmall));
      const located = await locateRows(client, this.#run, writer, staging, staged, this.#ids);
      const { present, hasRejections } = located;
      this.#facts = stagedFacts(staging, this.#stage.rows, staged, present, this.#ids.length > 0);
      const rejections = hasRejections ? await earlierRejections(this.#run, writer, ids) : [];
      this.#mayBeTaken = rejections.some(({ code }) => code === 'duplicate-value');
      return { present, rejections };
    });
  }

  findProblems(): Promise<readonly RefreshProblem[]> {
    const { schema, staging } = this.#parts;
    return attempt(async () => {
      const steps = this.#ownSteps();
      // A value that was taken is likely to be so still; to be refused again would leave a dead row each time.
      const uniques = this.#mayBeTaken ? await this.#parts.uniques() : [];
      const { rows } = this.#stage;
      const found = await findStagedProblems(this.#run, schema, staging, steps, uniques, rows);
      this.#orphaned = found.orphaned;
      return found.problems;
    });
  }

  clearOrphans(): Promise<readonly ClearedReference[]> {
    const { schema, staging } = this.#parts;
    return attempt(() => clearStagedOrphans(this.#run, schema, staging, this.#orphaned));
  }

  #ownSteps(): readonly ForeignKeyStep[] {
    const { collection } = this.#parts.staging.collection;
    return this.#parts.foreignKeys.flatMap(({ step }) => (step.collection === collection ? [step] : []));
  }

  plan(limit: number): Promise<readonly PlannedRow[]> {
    const { staging } = this.#parts;
    return attempt(() => planChanges(this.#run, staging, limit));
  }

  async apply(manner: ApplyManner): Promise<ApplyOutcome> {
    const { staging, foreignKeys } = this.#parts;
    const facts = this.#facts!;
    const names = new Set(staging.collection.tables.map(({ name }) => name));
    const referring = foreignKeys.filter(({ step }) => names.has(step.column.references!.table));
    try {
      this.#vanishing = await findVanishing(this.#run, staging, referring, facts.mayLeave);
      const outcome: ApplyOutcome =
        manner === 'replace'
          ? await this.#replace()
          : { kind: 'applied', changes: await updateRows(this.#run, staging, facts) };
      if (outcome.kind === 'applied') {
        await refreshDocumentKeys(
          this.#run,
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
    const { staging } = this.#parts;
    const changes = await countChanges(this.#run, staging);
    await deleteDiffering(this.#run, staging);
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
    await client.query('savepoint docrow_half');
    try {
      await insertMissing(this.#run, staging, documents[0]!, documents.at(-1)! + 1);
      await client.query('release savepoint docrow_half');
    } catch (error) {
      const problem = toDocrowError(error);
      if (problem.policy.reaction !== 'reject-document') throw problem;
      await client.query('rollback to savepoint docrow_half; release savepoint docrow_half');
      if (documents.length === 1) problems.set(documents[0]!, problem);
      else {
        const middle = documents.length >> 1;
        await this.#insertHalves(documents.slice(0, middle), problems);
        await this.#insertHalves(documents.slice(middle), problems);
      }
    }
  }

  async countStaged(documents: readonly number[]): Promise<ReadonlyMap<string, number>> {
    const { staging } = this.#parts;
    const counts = new Map<string, number>();
    if (documents.length === 0) return counts;
    for (const table of staging.tables) {
      const { rows } = await this.#run(
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

  async setAside(change: SetAside, counts: LoadCounts): Promise<void> {
    const { client, schema, writer } = this.#parts;
    for (const { name } of change.collection.tables) this.#emptied.add(name);
    await attempt(() => setAsideWithin(client, schema, writer.runId, change, counts));
  }

  async commit(record: RefreshRecord, isChecked = true): Promise<void> {
    const { client, writer, end } = this.#parts;
    await attempt(async () => {
      if (isChecked) await client.query('set constraints all immediate');
      if (!end.isFenced) await requireEpoch(this.#run, writer);
      await saveRefresh(this.#run, writer, record);
    });
    await end.commit();
  }

  async rollback(): Promise<void> {
    // What PostgreSQL knows of the temporary tables is forgotten with them.
    this.#parts.staging.state.analyzed = 0;
    await this.#parts.end.rollback();
  }
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toDocrowError(error);
  }
}
