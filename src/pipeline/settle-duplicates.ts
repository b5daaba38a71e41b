import { compareIds } from '../bson/compare-ids.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { DuplicateRows, OffendingDocument, PostLoadStep } from '../target/target-schema.ts';
import { sharedPath } from './column-path.ts';
import { type Reason, type SetAsideParts, setAsideDocuments } from './set-aside.ts';
import { settleSharedKeys } from './settle-shared-keys.ts';

export type UniqueStep = PostLoadStep & { kind: 'primary-key' | 'unique' };

/** While a source is written to, a second look may find new rows; more than this many looks mean something else. */
const maxAttempts = 10;

function groupRows(rows: readonly DuplicateRows[]): DuplicateRows[][] {
  const groups = new Map<number, DuplicateRows[]>();
  for (const row of rows) {
    const group = groups.get(row.group);
    if (group === undefined) groups.set(row.group, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

/** Why a document that shares a value with another one is set aside. */
function reasonFor(collection: CollectionMapping, step: UniqueStep): Reason {
  const reason = `A document of ${collection.collection} with a smaller _id has the same ${columnList(step)}`;
  return { code: 'duplicate-value', path: sharedPath(collection, step.table, columnsOf(step)), reason };
}

/** Why a document is set aside whose own array elements share a value. */
function reasonWithin(collection: CollectionMapping, step: UniqueStep): Reason {
  const reason = `Two rows of table ${step.table.name} from the one document have the same ${columnList(step)}`;
  return { code: 'duplicate-value', path: sharedPath(collection, step.table, columnsOf(step)), reason };
}

const columnsOf = (step: UniqueStep): readonly string[] =>
  step.kind === 'primary-key' ? step.table.key : step.columns;

const columnList = (step: UniqueStep): string => columnsOf(step).join(', ');

/** Builds a key or unique index. @returns false when rows stand against it */
export async function tryUnique(parts: SetAsideParts, step: UniqueStep): Promise<boolean> {
  try {
    await parts.schema.build(parts.runId, step);
    return true;
  } catch (error) {
    if (error instanceof DocrowError && error.code === 'constraint-failed') return false;
    throw error;
  }
}

/**
 * Builds a key or unique index that rows stand against. The document with the smallest `_id` in BSON order of those that
 * share a value stays, and the others are set aside; so is one whose own array elements share it.
 * @param rowsBefore rows that were in the collection's tables before the run
 * @param isStale whether documents were set aside since rows were found to stand against it
 * @throws DocrowError `constraint-failed` when rows that were there before stand against it
 */
export async function settleUnique(
  parts: SetAsideParts,
  collection: CollectionMapping,
  step: UniqueStep,
  rowsBefore: number,
  isStale: boolean,
): Promise<void> {
  if (isStale && (await tryUnique(parts, step))) return;
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    // By its `_id` column a row that was there before cannot be told from one of a document.
    const mayTouch = rowsBefore === 0 || collection.idColumn === undefined;
    const rows = mayTouch ? await parts.schema.findDuplicates(collection, step) : [];
    const documents = await settle(parts, collection, step, groupRows(rows), rowsBefore > 0);
    if (documents === 0) break;
    if (await tryUnique(parts, step)) return;
  }
  const message = `Rows that docrow may not delete stand against ${step.name}`;
  throw new DocrowError('constraint-failed', message, { table: step.table.name });
}

/** @returns how many documents were set aside */
async function settle(
  parts: SetAsideParts,
  collection: CollectionMapping,
  step: UniqueStep,
  groups: readonly (readonly DuplicateRows[])[],
  hasRowsBefore: boolean,
): Promise<number> {
  const isRoot = step.table === collection.tables[0];
  /** Where one of the rows is no document's, it was there before. */
  const isTaken = (group: readonly DuplicateRows[]): boolean =>
    hasRowsBefore && group.reduce((sum, { ownRows }) => sum + ownRows, 0) < group[0]!.rows;
  const within = reasonWithin(collection, step);
  const between = reasonFor(collection, step);
  // What tells these documents apart is in the documents alone: one key, or one `_id` that a dump holds twice.
  const isShared = (group: readonly DuplicateRows[]): boolean =>
    isRoot && (step.kind === 'primary-key' || hasOneIdTwice(group));
  const shared = groups.filter((group) => isShared(group) && !isTaken(group));
  const documents = await settleSharedKeys(parts, collection, shared, between);
  const losers = findLosers(
    groups.filter((group) => !isShared(group)),
    isTaken,
  );
  await setAsideDocuments(parts, collection, losers, ({ isRepeated }) => (isRepeated ? within : between));
  return documents + losers.length;
}

const hasOneIdTwice = (group: readonly DuplicateRows[]): boolean =>
  new Set(group.map(({ id }) => Buffer.from(id).toString('hex'))).size < group.length;

interface Contender extends OffendingDocument {
  /** Numbers of the groups that it is in. */
  readonly groups: number[];
  /** Whether it is in one of them with more than one row. */
  isRepeated: boolean;
}

/**
 * Of documents in the order of their `_id`s each stays that shares no value with one that stays already. A document of
 * child rows may share one value with this document and another value with that one.
 */
function findLosers(
  groups: readonly (readonly DuplicateRows[])[],
  isTaken: (group: readonly DuplicateRows[]) => boolean,
): readonly Contender[] {
  const contenders = new Map<string, Contender>();
  const taken = new Set<number>();
  for (const group of groups) {
    if (isTaken(group)) taken.add(group[0]!.group);
    for (const { locator, id, group: number, ownRows } of group) {
      const contender = contenders.get(locator) ?? { locator, id, groups: [], isRepeated: false };
      contender.groups.push(number);
      contender.isRepeated ||= ownRows > 1;
      contenders.set(locator, contender);
    }
  }
  const inOrder = [...contenders.values()].sort((a, b) => compareIds(a.id, b.id));
  return inOrder.filter(({ groups: own, isRepeated }) => {
    if (isRepeated || own.some((group) => taken.has(group))) return true;
    for (const group of own) taken.add(group);
    return false;
  });
}
