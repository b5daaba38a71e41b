import { compareIds } from '../bson/compare-ids.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { OffendingRow, PostLoadStep } from '../target/target-schema.ts';
import { columnPath } from './column-path.ts';
import type { RunEventListener } from './run-event.ts';
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
  onEvent: RunEventListener,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await parts.schema.build(parts.runId, step);
      return;
    } catch (error) {
      const isConstraint = error instanceof DocrowError && error.code === 'constraint-failed';
      if (!isConstraint || attempt === maxAttempts) throw error;
    }
    const rows = await parts.schema.findDuplicates(collection, step);
    if (rows.length === 0) {
      throw new DocrowError('constraint-failed', `The rows that stand against ${step.name} were not found`, {
        table: step.table.name,
      });
    }
    const documents = await settle(parts, collection, step, rows);
    onEvent({ kind: 'set-aside', collection: collection.collection, code: 'duplicate-value', documents });
  }
}

async function settle(
  parts: SetAsideParts,
  collection: CollectionMapping,
  step: UniqueStep,
  rows: readonly OffendingRow[],
): Promise<number> {
  const reason = reasonFor(collection, step);
  const groups = groupRows(rows);
  if (step.kind === 'primary-key') {
    let documents = 0;
    for (const group of groups) documents += await settleSharedKey(parts, collection, group, reason);
    return documents;
  }
  const losers = groups.flatMap((group) => group.sort((a, b) => compareIds(a.id, b.id)).slice(1));
  await setAsideDocuments(parts, collection, losers, () => reason);
  return losers.length;
}
