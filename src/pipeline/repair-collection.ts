import type {
  CollectionRepair,
  RepairedRow,
  RepairedTable,
  RepairRejection,
} from '../report/repair-report.ts';
import type { ChangeKind, LoadCounts, RefreshTarget } from '../target/refresh-target.ts';
import { describeId } from './describe-rejection.ts';
import { planRefresh } from './refresh/plan-refresh.ts';
import { refreshDocuments } from './refresh/refresh-documents.ts';
import type { RefreshedDocument, RefreshFollower, RefreshParts } from './refresh/refresh-parts.ts';
import { waitingCodes } from './refresh/waiting-codes.ts';
import type { RepairWork } from './repair-work.ts';
import type { RunEventListener } from './run-event.ts';

/** So many documents are repaired in one transaction, or fewer where they are large. */
const documentsPerTransaction = 500;
/** Rows that a plan lists, of one table and kind of change. */
const listedRows = 1_000;

const tableWords = { insert: 'inserted', update: 'updated', delete: 'deleted' } as const;

/** What bringing documents in step needs, and deleting rows that belong to none. */
export interface RepairingParts extends RefreshParts {
  readonly target: RefreshTarget;
  /** The counts of the load are history where changes were followed since. */
  readonly counts: LoadCounts;
}

/** Adds up what is done about the differences of one collection. */
export class CollectionRepairTally {
  readonly #work: RepairWork;
  readonly #tables = new Map<string, { inserted: number; updated: number; deleted: number }>();
  readonly #followers = new Set<string>();
  /** What became of each document last, by its `_id`. */
  readonly #documents = new Map<string, 'unchanged' | 'changed' | 'rejected'>();
  readonly #problems = new Map<string, RepairRejection>();

  constructor(work: RepairWork) {
    this.#work = work;
    for (const { name } of work.mapping.tables) {
      this.#tables.set(name, { inserted: 0, updated: 0, deleted: 0 });
    }
  }

  addRows(table: string, kind: ChangeKind, rows: number): void {
    this.#tables.get(table)![tableWords[kind]] += rows;
  }

  addDocument({ id, problem }: Pick<RefreshedDocument, 'id' | 'problem'>, isChanged: boolean): void {
    const text = describeId(id);
    const { collection } = this.#work.mapping;
    if (problem === undefined) {
      this.#problems.delete(text);
      if (isChanged || !this.#documents.has(text)) {
        this.#documents.set(text, isChanged ? 'changed' : 'unchanged');
      }
    } else {
      this.#documents.set(text, 'rejected');
      this.#problems.set(text, { collection, id: text, ...problem });
    }
  }

  addFollowers(followers: readonly RefreshFollower[]): void {
    for (const { collection, id } of followers) this.#followers.add(`${collection} ${describeId(id)}`);
  }

  get rejections(): readonly RepairRejection[] {
    return [...this.#problems.values()];
  }

  report(): CollectionRepair {
    const { mapping, ids, rows } = this.#work;
    const changes = [...this.#documents.values()];
    const tables: RepairedTable[] = [...this.#tables].map(([table, counts]) => ({ table, ...counts }));
    return {
      collection: mapping.collection,
      documents: ids.length,
      unchanged: changes.filter((change) => change === 'unchanged').length,
      rejected: changes.filter((change) => change === 'rejected').length,
      rowsWithoutDocument: rows.length,
      followers: this.#followers.size,
      tables,
    };
  }
}

/** Says what would be changed, row by row. */
export async function planRepair(
  parts: RepairingParts,
  { mapping, ids, rows }: RepairWork,
  tally: CollectionRepairTally,
): Promise<readonly RepairedRow[]> {
  const { collection } = mapping;
  const planned: RepairedRow[] = [];
  const changed = new Set<string>();
  const strays = await removeStrays(parts, rows, true, tally);
  for await (const document of planRefresh(parts, [...ids, ...strays.ids], listedRows)) {
    const id = describeId(document.id);
    changed.add(id);
    tally.addDocument(document, true);
    for (const row of document.rows) {
      tally.addRows(row.table, row.kind, 1);
      planned.push({ collection, id, ...row });
    }
  }
  for (const id of ids) {
    if (!changed.has(describeId(id))) tally.addDocument({ id, problem: undefined }, false);
  }
  if (strays.count === 0) return planned;
  for (const { table, key } of rows) {
    planned.push({ collection, kind: 'delete', table: table.name, key, columns: [] });
  }
  return planned;
}

/**
 * Deletes rows that belong to no document, then brings the documents in step: they may need the place.
 * @returns documents that may be loaded once others have given up a value, or are there
 */
export async function applyRepair(
  parts: RepairingParts,
  { ids, rows }: RepairWork,
  tally: CollectionRepairTally,
  soft: AbortSignal,
  onEvent: RunEventListener,
): Promise<readonly Uint8Array[]> {
  const { collection } = parts.mapping;
  onEvent({
    kind: 'collection-planned',
    collection,
    estimatedDocuments: ids.length,
    ranges: 1,
    alreadyRead: 0,
  });
  const onCommit = (committed: readonly RefreshedDocument[]): void => {
    const rejected = committed.filter(({ change }) => change === 'rejected').length;
    const loaded = committed.length - rejected;
    const read = committed.length;
    onEvent({ kind: 'chunk-committed', collection, read, loaded, rejected, filtered: 0, bytes: 0 });
  };
  const options = {
    onReject: parts.mapping.onReject,
    audit: 'repair',
    documentsPerTransaction,
    counts: parts.counts,
    soft,
    onCommit,
  } as const;
  const strays = soft.aborted ? { ids: [] } : await removeStrays(parts, rows, false, tally);
  const { documents, followers } = await refreshDocuments(parts, [...ids, ...strays.ids], options);
  const waiting: Uint8Array[] = [];
  for (const document of documents) {
    tally.addDocument(document, document.rows.length > 0);
    for (const row of document.rows) tally.addRows(row.table, row.kind, row.rows);
    if (document.problem !== undefined && waitingCodes.includes(document.problem.code))
      waiting.push(document.id);
  }
  tally.addFollowers(followers);
  return waiting;
}

/**
 * Deletes, or counts, rows that belong to no document.
 * @returns how many there are, and the documents that some belong to after all
 */
export async function removeStrays(
  { target, run, epoch, mapping }: RepairingParts,
  rows: RepairWork['rows'],
  isDry: boolean,
  tally?: CollectionRepairTally,
): Promise<{ readonly count: number; readonly ids: readonly Uint8Array[] }> {
  const writer = { runId: run.runId, collection: mapping.collection, epoch };
  let count = 0;
  const ids: Uint8Array[] = [];
  for (const table of mapping.tables) {
    const keys = rows.flatMap((row) => (row.table === table ? [row.key] : []));
    if (keys.length === 0) continue;
    const gone = await target.removeRows(writer, mapping, table, keys, isDry);
    ids.push(...gone.ids);
    for (const [name, deleted] of gone.rows) {
      tally?.addRows(name, 'delete', deleted);
      count += deleted;
    }
  }
  return { count, ids };
}
