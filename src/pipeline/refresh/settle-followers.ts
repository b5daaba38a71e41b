import { compareIds } from '../../bson/compare-ids.ts';
import type { RejectionRecord } from '../../checkpoint/checkpoint-store.ts';
import type { Followers, LoadCounts, RefreshTransaction } from '../../target/refresh-target.ts';
import type { OrphanRow } from '../../target/target-schema.ts';
import { columnPath } from '../column-path.ts';
import { describeId, describeRejection } from '../describe-rejection.ts';
import { documentsPerChange, readAgain, withoutDocument } from '../set-aside.ts';
import { rejectedReferences } from '../settle-orphans.ts';
import { missingReference } from './describe-problem.ts';
import type { RefreshFollower, RefreshParts } from './refresh-parts.ts';

export interface SettledFollowers {
  readonly followers: readonly RefreshFollower[];
  readonly rejections: readonly RejectionRecord[];
}

/**
 * Applies the `orphans` policies to documents outside of those at hand that refer to what is gone, until nothing
 * changes: one that is set aside may leave others without the one that they refer to.
 * @param rejections of documents at hand, which are not stored yet
 */
export async function settleFollowers(
  parts: RefreshParts,
  transaction: RefreshTransaction,
  rejections: readonly RejectionRecord[],
  counts: LoadCounts,
): Promise<SettledFollowers> {
  const settled: RefreshFollower[] = [];
  const known = [...rejections];
  const made: RejectionRecord[] = [];
  for (;;) {
    const [followers] = await transaction.findFollowers();
    if (followers === undefined) return { followers: settled, rejections: made };
    const { collection } = followers.collection;
    if (followers.step.column.references!.orphans === 'null') {
      const rows = followers.rows.map((row) => ({ ...row, idText: describeId(row.id) }));
      await transaction.clearFollowers(followers, rows);
      for (const { id } of rows) settled.push({ collection, id, change: 'cleared', problem: undefined });
    } else {
      // The rows of one document are gone together, so the others are looked for again.
      const rows = onePerDocument(followers.rows).slice(0, documentsPerChange);
      const rejected = await rejectFollowers(parts, followers, rows, known);
      const locators = rows.map(({ locator }) => locator);
      const change = {
        collection: followers.collection,
        rejections: rejected,
        locators,
        pages: [],
        tables: [],
      };
      await transaction.setAside(change, counts);
      known.push(...rejected);
      made.push(...rejected);
      for (const [index, { id }] of rows.entries()) {
        const { code, path, reason } = rejected[index]!;
        settled.push({ collection, id, change: 'rejected', problem: { code, path, reason } });
      }
    }
  }
}

async function rejectFollowers(
  parts: RefreshParts,
  { collection, step }: Followers,
  rows: readonly OrphanRow[],
  known: readonly RejectionRecord[],
): Promise<RejectionRecord[]> {
  const { table } = step.column.references!;
  const path = columnPath(collection, step.table, step.column.name);
  const setAside = await rejectedReferences({ ...parts, ...parts.run }, step, known);
  const describe = describeRejection(collection.collection, collection.tables[0]!.name);
  const ids = rows.map(({ id }) => id);
  const found = await readAgain(parts.source, collection.collection, ids);
  return rows.map((row) => {
    const isSetAside = setAside.has(Buffer.from(row.reference).toString('hex'));
    const reason = missingReference(table, path, isSetAside);
    const document = found.find(({ id }) => compareIds(id, row.id) === 0);
    return document === undefined
      ? withoutDocument(collection, row.id, reason)
      : describe(document.batch, 0, reason);
  });
}

/** The first row of each document. */
function onePerDocument(rows: readonly OrphanRow[]): readonly OrphanRow[] {
  const first = new Map<string, OrphanRow>();
  for (const row of rows) if (!first.has(row.locator)) first.set(row.locator, row);
  return [...first.values()];
}
