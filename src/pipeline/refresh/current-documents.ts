import { compareIds } from '../../bson/compare-ids.ts';
import { readId } from '../../bson/read-id.ts';
import { type DocumentBatch, type DocumentSource, releaseNothing } from '../../source/document-source.ts';

/** A document to be brought in step. */
export interface CurrentDocument {
  /** BSON document `{_id: value}`: as the source has it, or as it was asked for. */
  readonly id: Uint8Array;
  /** All forms of it that are known: 1 and 1.0 are one `_id`. */
  readonly forms: readonly Uint8Array[];
  /** The document alone; undefined when the source does not have it. */
  readonly batch: DocumentBatch | undefined;
}

/** Documents of one transaction, in the order of their `_id`s. */
export interface DocumentPart {
  readonly documents: readonly CurrentDocument[];
  readonly isLast: boolean;
}

/** They are kept until the end of the transaction, and encoded again where the target refuses some. */
const bytesPerPart = 32 * 1024 * 1024;

interface Asked {
  readonly forms: Uint8Array[];
  isFound: boolean;
}

/**
 * Reads documents as they are now, in one pass over the source, in parts of bounded size. Those that the source does not
 * have are known at the end of the pass, and come in the last parts.
 * @param ids BSON documents `{_id: value}`, in any order, any number of times
 */
export async function* currentDocuments(
  source: DocumentSource,
  collection: string,
  ids: readonly Uint8Array[],
  documentsPerPart: number,
): AsyncGenerator<DocumentPart> {
  const asked = groupForms(ids);
  let part: CurrentDocument[] = [];
  let bytes = 0;
  const found = source.readByIds(
    collection,
    asked.map(({ forms }) => forms[0]!),
  );
  for await (const batch of asked.length === 0 ? [] : found) {
    for (let index = 0; index < batch.count; index++) {
      const document = currentDocument(batch, batch.starts[index]!, asked);
      if (document === undefined) continue;
      part.push(document);
      bytes += document.batch!.bytes.length;
      if (part.length < documentsPerPart && bytes < bytesPerPart) continue;
      yield { documents: inOrder(part), isLast: false };
      part = [];
      bytes = 0;
    }
    batch.release();
  }
  for (const { forms, isFound } of asked) {
    if (isFound) continue;
    if (part.length >= documentsPerPart) {
      yield { documents: inOrder(part), isLast: false };
      part = [];
    }
    part.push({ id: forms[0]!, forms, batch: undefined });
  }
  yield { documents: inOrder(part), isLast: true };
}

const inOrder = (documents: CurrentDocument[]): readonly CurrentDocument[] =>
  documents.sort((a, b) => compareIds(a.id, b.id));

/** One entry for each `_id`, in order. */
function groupForms(ids: readonly Uint8Array[]): readonly Asked[] {
  const groups: Asked[] = [];
  for (const id of ids.toSorted(compareIds)) {
    const last = groups.at(-1);
    if (last === undefined || compareIds(last.forms[0]!, id) !== 0)
      groups.push({ forms: [id], isFound: false });
    else addForm(last, id);
  }
  return groups;
}

function addForm({ forms }: Asked, id: Uint8Array): void {
  if (!forms.some((form) => Buffer.compare(form, id) === 0)) forms.push(id);
}

/** A copy of a document that was asked for; a source may give one twice, of which the first will do. */
function currentDocument(
  { bytes, view, positionAfter }: DocumentBatch,
  start: number,
  asked: readonly Asked[],
): CurrentDocument | undefined {
  const id = readId(bytes, view, start);
  const entry = id && findAsked(asked, id);
  if (id === undefined || entry === undefined || entry.isFound) return undefined;
  entry.isFound = true;
  addForm(entry, id);
  const copy = Buffer.from(bytes.subarray(start, start + view.getInt32(start, true)));
  const batch: DocumentBatch = {
    bytes: copy,
    view: new DataView(copy.buffer, copy.byteOffset, copy.byteLength),
    starts: Int32Array.of(0),
    count: 1,
    positionAfter,
    release: releaseNothing,
  };
  return { id, forms: entry.forms, batch };
}

function findAsked(asked: readonly Asked[], id: Uint8Array): Asked | undefined {
  let low = 0;
  let high = asked.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = compareIds(asked[middle]!.forms[0]!, id);
    if (order === 0) return asked[middle];
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}
