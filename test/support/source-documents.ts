import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DocumentBatch } from '../../src/source/document-source.ts';

/** The sample database as the real MongoDB tools wrote it. */
export const imagegenFolder = fileURLToPath(new URL('../fixtures/imagegen', import.meta.url));

export const imagegenCollections = ['dramatiq_tasks', 'tasks', 'users'] as const;

/** The documents of one collection of the sample, in stored order. */
export function imagegenDocuments(collection: string): Buffer[] {
  return splitDocuments(readFileSync(join(imagegenFolder, 'dump', 'imagegen', `${collection}.bson`)));
}

/** Cuts the content of a .bson file into its documents. */
function splitDocuments(bytes: Buffer): Buffer[] {
  const documents: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at)) {
    documents.push(bytes.subarray(at, at + bytes.readInt32LE(at)));
  }
  return documents;
}

export interface ReadDocument {
  readonly bytes: Buffer;
  readonly position: Uint8Array;
}

/** Everything that a source gives, each document as a copy. */
export async function readAll(batches: AsyncIterable<DocumentBatch>): Promise<ReadDocument[]> {
  const documents: ReadDocument[] = [];
  for await (const batch of batches) documents.push(...documentsOf(batch));
  return documents;
}

/** What a source gives before it fails, and the error. */
export async function readUntilError(
  batches: AsyncIterable<DocumentBatch>,
): Promise<{ readonly documents: readonly ReadDocument[]; readonly error: unknown }> {
  const documents: ReadDocument[] = [];
  try {
    for await (const batch of batches) documents.push(...documentsOf(batch));
  } catch (error) {
    return { documents, error };
  }
  return { documents, error: undefined };
}

export function documentsOf(batch: DocumentBatch): ReadDocument[] {
  return Array.from({ length: batch.count }, (_, index) => {
    const start = batch.starts[index] as number;
    const bytes = Buffer.from(batch.bytes.subarray(start, start + batch.view.getInt32(start, true)));
    return { bytes, position: batch.positionAfter(index) };
  });
}
