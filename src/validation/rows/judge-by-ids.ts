import { compareIds } from '../../bson/compare-ids.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { ExpectedDocuments, JudgedDocument } from './expected-documents.ts';
import type { RowsParts } from './rows-parts.ts';

export interface JudgedById {
  /** As it was asked for: 7 and 7.0 are one `_id`. */
  readonly asked: Uint8Array;
  readonly document: JudgedDocument;
}

/** An `_id` as a key of a Map. */
export const idKey = (id: Uint8Array): string => Buffer.from(id).toString('hex');

/** Reads documents by their `_id` and says what rows they should have; then says so of those that are not there. */
export async function* judgeByIds(
  { source, signal }: RowsParts,
  collection: string,
  expected: ExpectedDocuments,
  ids: readonly Uint8Array[],
): AsyncGenerator<JudgedById> {
  if (ids.length === 0) return;
  const asked = new Map(ids.map((id) => [idKey(id), id]));
  const sorted = [...asked.values()].sort(compareIds);
  const found = new Set<Uint8Array>();
  for await (const batch of source.readByIds(collection, [...asked.values()])) {
    if (signal.aborted) throw new DocrowError('interrupted', 'Comparing rows was stopped');
    for await (const document of expected.judge(batch)) {
      const { id } = document;
      if (id === undefined) continue;
      const own = asked.get(idKey(id)) ?? findEqual(sorted, id);
      if (own === undefined) continue;
      found.add(own);
      yield { asked: own, document };
    }
    batch.release();
  }
  for (const id of asked.values()) if (!found.has(id)) yield { asked: id, document: expected.absent(id) };
}

function findEqual(sorted: readonly Uint8Array[], id: Uint8Array): Uint8Array | undefined {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = compareIds(sorted[middle]!, id);
    if (order === 0) return sorted[middle];
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}
