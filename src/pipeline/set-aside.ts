import { compareIds } from '../bson/compare-ids.ts';
import { readId } from '../bson/read-id.ts';
import type { RejectionRecord } from '../checkpoint/checkpoint-store.ts';
import type { CollectionEncoder } from '../encoding/compile-collection.ts';
import type { Page } from '../encoding/row-buffer.ts';
import type { RejectionCode } from '../errors/error-codes.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { DocumentBatch, DocumentSource } from '../source/document-source.ts';
import type { OffendingRow, TargetSchema } from '../target/target-schema.ts';
import { describeId, describeRejection } from './describe-rejection.ts';
import { targetTables } from './target-tables.ts';

/** So many documents are set aside in one transaction. */
const documentsPerChange = 500;

export interface Reason {
  readonly code: RejectionCode;
  readonly path: string;
  readonly reason: string;
}

/** A document that was read again from the source. */
interface FoundDocument {
  readonly id: Uint8Array;
  readonly batch: DocumentBatch;
  readonly start: number;
}

export interface SetAsideParts {
  readonly runId: string;
  readonly source: DocumentSource;
  readonly schema: TargetSchema;
  readonly createEncoder: (collection: CollectionMapping) => CollectionEncoder;
}

async function readAgain(
  source: DocumentSource,
  collection: string,
  ids: readonly Uint8Array[],
): Promise<FoundDocument[]> {
  const found: FoundDocument[] = [];
  for await (const batch of source.readByIds(collection, ids)) {
    for (let index = 0; index < batch.count; index++) {
      const start = batch.starts[index]!;
      const id = readId(batch.bytes, batch.view, start);
      if (id !== undefined) found.push({ id, batch, start });
    }
  }
  return found.sort((a, b) => compareIds(a.id, b.id));
}

/** A rejection for a document that the source no longer has. */
function withoutDocument(collection: CollectionMapping, id: Uint8Array, reason: Reason): RejectionRecord {
  return {
    collection: collection.collection,
    id,
    idText: describeId(id),
    ...reason,
    table: collection.tables[0]!.name,
    document: undefined,
  };
}

/** Takes the documents of rows out again, with a reason for each. */
export async function setAsideDocuments(
  parts: SetAsideParts,
  collection: CollectionMapping,
  rows: readonly OffendingRow[],
  reasonOf: (row: OffendingRow) => Reason,
): Promise<void> {
  const describe = describeRejection(collection.collection, collection.tables[0]!.name);
  for (let first = 0; first < rows.length; first += documentsPerChange) {
    const part = rows.slice(first, first + documentsPerChange);
    const found = await readAgain(
      parts.source,
      collection.collection,
      part.map((row) => row.id),
    );
    const rejections = part.map((row) => {
      const document = found.find(({ id }) => compareIds(id, row.id) === 0);
      if (document === undefined) return withoutDocument(collection, row.id, reasonOf(row));
      return describe(document.batch, document.start, reasonOf(row));
    });
    await parts.schema.setAside(parts.runId, {
      collection,
      rejections,
      locators: part.map((row) => row.locator),
      pages: [],
      tables: [],
    });
  }
}

/**
 * Settles documents that have one primary key between them. Their rows cannot be told apart by key, so all of them are
 * deleted and the one that stays, the document with the smallest `_id`, is written again.
 */
export async function settleSharedKey(
  parts: SetAsideParts,
  collection: CollectionMapping,
  group: readonly OffendingRow[],
  reason: Reason,
): Promise<number> {
  const describe = describeRejection(collection.collection, collection.tables[0]!.name);
  const found = await readAgain(
    parts.source,
    collection.collection,
    group.map((row) => row.id),
  );
  const encoder = parts.createEncoder(collection);
  const kept = found.shift();
  if (kept !== undefined) encoder.encode(kept.batch, kept.start);
  const pages: Page[][] = encoder.tables.map(({ buffer }) => (buffer.length > 0 ? [buffer.takePage()] : []));
  const rejections = found.map(({ batch, start }) => describe(batch, start, reason));
  const gone = group[0]!.rows - rejections.length - (kept === undefined ? 0 : 1);
  for (let number = 0; number < gone; number++) {
    rejections.push(
      withoutDocument(collection, group[group.length - 1 - number]?.id ?? group[0]!.id, reason),
    );
  }
  await parts.schema.setAside(parts.runId, {
    collection,
    rejections,
    locators: group.map((row) => row.locator),
    pages,
    tables: targetTables(encoder),
  });
  return rejections.length;
}
