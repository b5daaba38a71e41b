import { compareIds } from '../bson/compare-ids.ts';
import { readId } from '../bson/read-id.ts';
import type { RejectionRecord } from '../checkpoint/checkpoint-store.ts';
import type { CollectionEncoder } from '../encoding/compile-collection.ts';
import type { RejectionCode } from '../errors/error-codes.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import { type DocumentBatch, type DocumentSource, releaseNothing } from '../source/document-source.ts';
import type { OffendingDocument, SetAside, TargetSchema } from '../target/target-schema.ts';
import { describeId, describeRejection } from './describe-rejection.ts';
import { reachFailPoint } from './fail-point.ts';
import type { RunEventListener } from './run-event.ts';

/** So many documents are set aside in one transaction, or fewer where they are large. */
export const documentsPerChange = 500;
const bytesPerChange = 16 * 1024 * 1024;

export interface Reason {
  readonly code: RejectionCode;
  readonly path: string;
  readonly reason: string;
}

/** A document that was read again from the source: a copy, since a batch holds many others too. */
export interface FoundDocument {
  readonly id: Uint8Array;
  readonly batch: DocumentBatch;
}

export interface SetAsideParts {
  readonly runId: string;
  readonly source: DocumentSource;
  readonly schema: TargetSchema;
  readonly createEncoder: (collection: CollectionMapping) => CollectionEncoder;
  readonly onEvent: RunEventListener;
}

/** Reads documents again from the source, in the order of their `_id`s. */
export async function readAgain(
  source: DocumentSource,
  collection: string,
  ids: readonly Uint8Array[],
): Promise<FoundDocument[]> {
  const found: FoundDocument[] = [];
  for await (const batch of source.readByIds(collection, ids)) {
    for (let index = 0; index < batch.count; index++) {
      const start = batch.starts[index]!;
      const id = readId(batch.bytes, batch.view, start);
      if (id !== undefined) found.push({ id: Uint8Array.from(id), batch: onlyDocument(batch, start) });
    }
    batch.release();
  }
  return found.sort((a, b) => compareIds(a.id, b.id));
}

function onlyDocument({ bytes, view, positionAfter }: DocumentBatch, start: number): DocumentBatch {
  const copy = Buffer.from(bytes.subarray(start, start + view.getInt32(start, true)));
  return {
    bytes: copy,
    view: new DataView(copy.buffer, copy.byteOffset, copy.byteLength),
    starts: Int32Array.of(0),
    count: 1,
    positionAfter,
    release: releaseNothing,
  };
}

/** A rejection for a document that the source no longer has. */
export function withoutDocument(
  collection: CollectionMapping,
  id: Uint8Array,
  reason: Reason,
): RejectionRecord {
  return {
    collection: collection.collection,
    id,
    idText: describeId(id),
    ...reason,
    table: collection.tables[0]!.name,
    document: undefined,
  };
}

/** Takes documents out of all tables again, with a reason for each. */
export async function setAsideDocuments<T extends OffendingDocument>(
  parts: SetAsideParts,
  collection: CollectionMapping,
  documents: readonly T[],
  reasonOf: (document: T) => Reason,
): Promise<void> {
  const describe = describeRejection(collection.collection, collection.tables[0]!.name);
  for (let first = 0; first < documents.length; first += documentsPerChange) {
    const part = documents.slice(first, first + documentsPerChange);
    const ids = part.map((row) => row.id);
    const found = await readAgain(parts.source, collection.collection, ids);
    let pending: { readonly row: OffendingDocument; readonly rejection: RejectionRecord }[] = [];
    let pendingBytes = 0;
    for (const [index, row] of part.entries()) {
      const document = found.find(({ id }) => compareIds(id, row.id) === 0);
      const rejection =
        document === undefined
          ? withoutDocument(collection, row.id, reasonOf(row))
          : describe(document.batch, 0, reasonOf(row));
      pending.push({ row, rejection });
      pendingBytes += rejection.document?.length ?? 0;
      if (pendingBytes < bytesPerChange && index < part.length - 1) continue;
      await setAside(parts, {
        collection,
        rejections: pending.map((each) => each.rejection),
        locators: pending.map((each) => each.row.locator),
        pages: [],
        tables: [],
      });
      pending = [];
      pendingBytes = 0;
    }
  }
}

/** Takes one change's documents out, and tells of it. */
export async function setAside(parts: SetAsideParts, change: SetAside): Promise<void> {
  await parts.schema.setAside(parts.runId, change);
  const documents = new Map<RejectionCode, number>();
  for (const { code } of change.rejections) documents.set(code, (documents.get(code) ?? 0) + 1);
  for (const [code, count] of documents) {
    const { collection } = change.collection;
    parts.onEvent({ kind: 'set-aside', collection, code, documents: count });
  }
  reachFailPoint('mid-set-aside');
}
