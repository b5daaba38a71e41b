import type { RejectionRecord } from '../../checkpoint/checkpoint-store.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import type {
  ApplyManner,
  ChangedRows,
  ClearedReference,
  LocatedDocuments,
  RefreshProblem,
  RefreshTransaction,
} from '../../target/refresh-target.ts';
import { describeRefusal } from '../describe-refusal.ts';
import { describeRejection } from '../describe-rejection.ts';
import { reachFailPoint } from '../fail-point.ts';
import { rejectedReferences } from '../settle-orphans.ts';
import { targetTables } from '../target-tables.ts';
import type { CurrentDocument } from './current-documents.ts';
import { describeProblem } from './describe-problem.ts';
import type { ToRefreshIds } from './refresh-ids.ts';
import type { Problem, RefreshFollower, RefreshOptions, RefreshParts } from './refresh-parts.ts';
import { refreshRecord } from './refresh-record.ts';
import { settleFollowers } from './settle-followers.ts';
import { type StagedDocuments, stageDocuments } from './stage-documents.ts';
import { waitingCodes } from './waiting-codes.ts';

/** Documents that are staged, with all that is known about them. */
export interface PreparedPart {
  readonly documents: readonly CurrentDocument[];
  readonly staged: StagedDocuments;
  /** By number of the document: what the encoder rejected and what cannot be in the tables. */
  readonly rejections: ReadonlyMap<number, RejectionRecord>;
  /** Numbers of rejected documents whose rows stay as they are. */
  readonly kept: ReadonlySet<number>;
  /** Numbers of those among them that are to be looked at again in the same batch; nothing is recorded of them. */
  readonly deferred: ReadonlySet<number>;
  readonly located: LocatedDocuments;
  readonly cleared: readonly ClearedReference[];
}

/** What one transaction did. */
export interface AppliedPart extends PreparedPart {
  readonly changes: readonly ChangedRows[];
  readonly followers: readonly RefreshFollower[];
  /** Rejections of documents at hand and of followers that were recorded. */
  readonly recorded: readonly RejectionRecord[];
}

/** References to be taken for good: a value, in hexadecimal binary form, that a later part will bring. */
export type AssumedReferences = (table: string, column: string, value: string) => boolean;

export interface PartOptions extends Pick<RefreshOptions, 'onReject' | 'audit' | 'counts'> {
  /**
   * Documents that may pass once others are in step are left as they are, and nothing is recorded of them: they will be
   * looked at again in the same batch.
   */
  readonly isProvisional?: boolean;
  /** Constraints are then looked at when the batch ends. */
  readonly assumed?: AssumedReferences | undefined;
}

type Work<T> = (transaction: RefreshTransaction, prepared: PreparedPart) => Promise<T | undefined>;

/** A batch in which every attempt finds something new to set aside has fewer attempts than documents. */
const maxFruitlessAttempts = 4;

/**
 * Brings documents in step in one transaction. What is found to be impossible on the way is set aside, and the
 * transaction begun again without it, until all of the rest passes.
 */
export class RefreshPart {
  readonly #parts: RefreshParts;
  readonly #documents: readonly CurrentDocument[];
  readonly #toIds: ToRefreshIds;
  readonly #options: PartOptions;
  readonly #problems = new Map<number, Problem>();
  #manner: ApplyManner = 'update';

  constructor(
    parts: RefreshParts,
    documents: readonly CurrentDocument[],
    toIds: ToRefreshIds,
    options: PartOptions,
  ) {
    this.#parts = parts;
    this.#documents = documents;
    this.#toIds = toIds;
    this.#options = options;
  }

  /** Changes what differs, and commits. @throws DocrowError those of the target */
  apply(): Promise<AppliedPart> {
    return this.#attempt(async (transaction, prepared) => {
      const outcome = await transaction.apply(this.#manner);
      if (outcome.kind === 'refused') {
        const describe = describeRefusal(this.#parts.mapping);
        for (const [number, problem] of outcome.problems) this.#problems.set(number, describe(problem));
        // Row by row it is found out who is refused; the rest goes the sparing way again.
        this.#manner = outcome.problems.size === 0 && this.#manner === 'update' ? 'replace' : 'update';
        return undefined;
      }
      const { counts, assumed } = this.#options;
      const rejections = [...prepared.rejections.values()];
      const settled = await settleFollowers(this.#parts, transaction, rejections, counts);
      const { followers } = settled;
      const changed = { ...prepared, changes: outcome.changes, followers };
      const record = await refreshRecord(this.#parts, transaction, changed, this.#options);
      const applied = { ...changed, recorded: [...record.rejections, ...settled.rejections] };
      reachFailPoint('mid-refresh');
      await transaction.commit(record, assumed === undefined);
      reachFailPoint('after-refresh');
      return applied;
    });
  }

  /** Looks at the comparison, and changes nothing. */
  async look<T>(work: (transaction: RefreshTransaction, prepared: PreparedPart) => Promise<T>): Promise<T> {
    return this.#attempt(async (transaction, prepared) => {
      const result = await work(transaction, prepared);
      await transaction.rollback();
      return result;
    });
  }

  async #attempt<T>(work: Work<T>): Promise<T> {
    const { target, run, epoch, mapping, encoder } = this.#parts;
    const writer = { runId: run.runId, collection: mapping.collection, epoch };
    for (let fruitless = 0; fruitless < maxFruitlessAttempts; ) {
      const known = this.#problems.size;
      const transaction = await target.begin(writer, mapping, targetTables(encoder));
      try {
        const prepared = await this.#prepare(transaction);
        const result = prepared && (await work(transaction, prepared));
        if (result !== undefined) return result;
        await transaction.rollback();
      } catch (error) {
        for (const { buffer } of encoder.tables) buffer.truncate(0);
        await transaction.rollback();
        throw error;
      }
      fruitless = this.#problems.size > known ? 0 : fruitless + 1;
    }
    throw new DocrowError(
      'row-refused',
      `PostgreSQL refuses rows of ${mapping.collection} and it cannot be told of which document`,
      {
        collection: mapping.collection,
      },
    );
  }

  /** @returns undefined when problems were found that were not known */
  async #prepare(transaction: RefreshTransaction): Promise<PreparedPart | undefined> {
    const documents = this.#documents;
    const staged = await stageDocuments(this.#parts, transaction, documents, this.#problems);
    const rejections = new Map([...staged.rejections, ...this.#rejectionsOfProblems()]);
    const { onReject, isProvisional, assumed } = this.#options;
    const deferred = new Set<number>();
    for (const [number, { code }] of rejections) {
      if (isProvisional && waitingCodes.includes(code)) deferred.add(number);
    }
    const kept = onReject === 'keep' ? new Set(rejections.keys()) : deferred;
    const ids = this.#toIds(documents);
    const located = await transaction.locate(staged.staged, ids, kept);
    const found = await transaction.findProblems();
    const problems = assumed === undefined ? found : found.filter((problem) => !isAssumed(problem, assumed));
    if (problems.length > 0) {
      await this.#describe(problems, located, [...rejections.values()]);
      return undefined;
    }
    const cleared = await transaction.clearOrphans();
    return { documents, staged, rejections, kept, deferred, located, cleared };
  }

  #rejectionsOfProblems(): readonly (readonly [number, RejectionRecord])[] {
    const { collection, tables } = this.#parts.mapping;
    const describe = describeRejection(collection, tables[0]!.name);
    return [...this.#problems].map(([number, problem]) => [
      number,
      describe(this.#documents[number]!.batch!, 0, problem),
    ]);
  }

  async #describe(
    problems: readonly RefreshProblem[],
    { rejections }: LocatedDocuments,
    known: readonly RejectionRecord[],
  ): Promise<void> {
    const { mapping } = this.#parts;
    const setAside = new Map<string, ReadonlySet<string>>();
    for (const problem of problems) {
      const { document, table } = problem;
      // The first thing that is found counts, as it does in the load.
      if (this.#problems.has(document)) continue;
      let isSetAside = false;
      if (problem.kind === 'reference') {
        const { collection } = mapping;
        const step = { kind: 'foreign-key', collection, table, name: '', column: problem.column } as const;
        const place = `${table.name}.${problem.column.name}`;
        const values =
          setAside.get(place) ??
          (await rejectedReferences({ ...this.#parts, ...this.#parts.run }, step, known));
        setAside.set(place, values);
        const reference = Buffer.from(problem.reference).toString('hex');
        const before = rejections.find((each) => each.document === document);
        isSetAside =
          values.has(reference) ||
          (before?.code === 'reference-set-aside' &&
            before.path === describeProblem(mapping, problem, true).path);
      }
      this.#problems.set(document, describeProblem(mapping, problem, isSetAside));
    }
  }
}

function isAssumed(problem: RefreshProblem, assumed: AssumedReferences): boolean {
  if (problem.kind !== 'reference') return false;
  const { table, column } = problem.column.references!;
  return assumed(table, column, Buffer.from(problem.reference).toString('hex'));
}
