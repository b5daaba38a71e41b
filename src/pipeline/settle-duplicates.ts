import { compareIds } from '../bson/compare-ids.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { OffendingRow, PostLoadStep } from '../target/target-schema.ts';
import { columnPath } from './column-path.ts';
import { type Reason, type SetAsideParts, setAsideDocuments, settleSharedKey } from './set-aside.ts';

type UniqueStep = PostLoadStep & { kind: 'primary-key' | 'unique' };

/** While a source is written to, a second look may find new rows; more than this many looks mean something else. */
const maxAttempts = 10;

function groupRows(rows: readonly OffendingRow[]): OffendingRow[][] {
  const groups = new Map<number, OffendingRow[]>();
  for (const row of rows) {
    const group = groups.get(row.group);
    if (group === undefined) groups.set(row.group, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

function reasonFor(collection: CollectionMapping, step: UniqueStep): Reason {
  const columns = step.kind === 'primary-key' ? step.table.key : step.columns;
  const path = columns.length === 1 ? columnPath(step.table, columns[0]!) : '';
  const reason = `A document of ${collection.collection} with a smaller _id has the same ${columns.join(', ')}`;
  return { code: 'duplicate-value', path, reason };
}

/**
 * Builds a key or unique index. Where rows stand against it, the document with the smallest `_id` in BSON order of
 * those that share a value stays, and the others are set aside.
 */
export async function buildUnique(
  parts: SetAsideParts,
  collection: CollectionMapping,
  step: UniqueStep,
  rowsBefore: number,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await parts.schema.build(parts.runId, step);
      return;
    } catch (error) {
      const isConstraint = error instanceof DocrowError && error.code === 'constraint-failed';
      if (!isConstraint || attempt === maxAttempts) throw error;
    }
    // By its `_id` column a row that was there before cannot be told from one of a document.
    const mayTouch = rowsBefore === 0 || collection.idColumn === undefined;
    const rows = mayTouch ? await parts.schema.findDuplicates(collection, step) : [];
    const documents = await settle(parts, collection, step, groupRows(rows), rowsBefore > 0);
    if (documents === 0) {
      const message = `Rows that docrow may not delete stand against ${step.name}`;
      throw new DocrowError('constraint-failed', message, { table: step.table.name });
    }
  }
}

/** @returns how many documents were set aside */
async function settle(
  parts: SetAsideParts,
  collection: CollectionMapping,
  step: UniqueStep,
  groups: readonly (readonly OffendingRow[])[],
  hasRowsBefore: boolean,
): Promise<number> {
  const reason = reasonFor(collection, step);
  /** Where one of the rows is no document's, it was there before. */
  const isTaken = (group: readonly OffendingRow[]): boolean => hasRowsBefore && group.length < group[0]!.rows;
  let documents = 0;
  if (step.kind === 'primary-key') {
    for (const group of groups) {
      if (!isTaken(group)) documents += await settleSharedKey(parts, collection, group, reason);
    }
    return documents;
  }
  const losers: OffendingRow[] = [];
  for (const group of groups) {
    // A dump may hold an `_id` twice.
    const isOneId = !hasRowsBefore && group.length < group[0]!.rows;
    if (isOneId) documents += await settleSharedKey(parts, collection, group, reason);
    else losers.push(...group.toSorted((a, b) => compareIds(a.id, b.id)).slice(isTaken(group) ? 0 : 1));
  }
  await setAsideDocuments(parts, collection, losers, () => reason);
  return documents + losers.length;
}
