import { compareIds } from '../bson/compare-ids.ts';
import type { RejectionRecord } from '../checkpoint/checkpoint-store.ts';
import { memoryOf } from '../encoding/memory.ts';
import type { Page } from '../encoding/row-buffer.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { DuplicateRows } from '../target/target-schema.ts';
import { describeRejection } from './describe-rejection.ts';
import {
  documentsPerChange,
  type FoundDocument,
  type Reason,
  readAgain,
  type SetAsideParts,
  setAside,
  withoutDocument,
} from './set-aside.ts';
import { targetTables } from './target-tables.ts';

type Group = readonly DuplicateRows[];

/**
 * Settles documents that have one primary key, or one `_id`, between them. Their rows cannot be told apart, so all of
 * them are deleted and the one that stays, the document with the smallest `_id`, is written again.
 * @param groups of rows of the root table
 * @returns how many documents were set aside
 */
export async function settleSharedKeys(
  parts: SetAsideParts,
  collection: CollectionMapping,
  groups: readonly Group[],
  reason: Reason,
): Promise<number> {
  let documents = 0;
  for (const change of splitGroups(groups))
    documents += await settleGroups(parts, collection, change, reason);
  return documents;
}

function* splitGroups(groups: readonly Group[]): Iterable<readonly Group[]> {
  let change: Group[] = [];
  let documents = 0;
  for (const group of groups) {
    if (change.length > 0 && documents + group.length > documentsPerChange) {
      yield change;
      change = [];
      documents = 0;
    }
    change.push(group);
    documents += group.length;
  }
  if (change.length > 0) yield change;
}

async function settleGroups(
  parts: SetAsideParts,
  collection: CollectionMapping,
  groups: readonly Group[],
  reason: Reason,
): Promise<number> {
  const describe = describeRejection(collection.collection, collection.tables[0]!.name);
  const ids = groups.flat().map((row) => row.id);
  const found = await readAgain(parts.source, collection.collection, ids);
  const encoder = parts.createEncoder(collection);
  const encode = ({ batch }: FoundDocument) => encoder.encode(memoryOf(batch.bytes, batch.view), 0);
  /** One that does not fit was never loaded: it has a rejection already. */
  const isLoaded = (document: FoundDocument): boolean => {
    const lengths = encoder.tables.map(({ buffer }) => buffer.length);
    const outcome = encode(document);
    for (const [index, { buffer }] of encoder.tables.entries()) buffer.truncate(lengths[index]!);
    return outcome === 'loaded';
  };
  const pages: Page[][] = encoder.tables.map(() => []);
  const rejections: RejectionRecord[] = [];
  for (const group of groups) {
    const loaded = found.filter(
      (document) => group.some(({ id }) => compareIds(id, document.id) === 0) && isLoaded(document),
    );
    const kept = loaded.shift();
    if (kept !== undefined) encode(kept);
    for (const [index, { buffer }] of encoder.tables.entries()) {
      if (buffer.isFull) pages[index]!.push(buffer.takePage());
    }
    rejections.push(...loaded.map(({ batch }) => describe(batch, 0, reason)));
    const gone = group[0]!.rows - loaded.length - (kept === undefined ? 0 : 1);
    for (let number = 0; number < gone; number++) {
      const { id } = group[group.length - 1 - number] ?? group[0]!;
      rejections.push(withoutDocument(collection, id, reason));
    }
  }
  for (const [index, { buffer }] of encoder.tables.entries()) {
    if (buffer.length > 0) pages[index]!.push(buffer.takePage());
  }
  const locators = groups.flat().map((row) => row.locator);
  await setAside(parts, { collection, rejections, locators, pages, tables: targetTables(encoder) });
  return rejections.length;
}
