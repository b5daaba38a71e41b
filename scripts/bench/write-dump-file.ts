import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { serialize } from 'bson';
import type { Shape } from './shapes.ts';

const flushBytes = 1024 * 1024;

export const databaseName = 'bench';

export interface DumpFile {
  /** The dump folder, as `docrow migrate --source` takes it. */
  readonly folder: string;
  /** The file with the documents. */
  readonly file: string;
  readonly documents: number;
  /** Rows that come of them, in all tables together. */
  readonly rows: number;
  readonly bytes: number;
}

/** Writes documents as mongodump does. The same documents for the same seed; a smaller dump begins a larger one. */
export async function writeDumpFile(
  shape: Shape,
  folder: string,
  documents: number,
  seed: number,
  signal: AbortSignal,
): Promise<DumpFile> {
  mkdirSync(join(folder, databaseName), { recursive: true });
  const file = join(folder, databaseName, `${shape.name}.bson`);
  const metadata = { indexes: [], collectionName: shape.name, type: 'collection' };
  writeFileSync(join(folder, databaseName, `${shape.name}.metadata.json`), JSON.stringify(metadata));
  const descriptor = openSync(file, 'w');
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let bytes = 0;
  let rows = 0;
  const flush = (): void => {
    writeSync(descriptor, Buffer.concat(pending));
    bytes += pendingBytes;
    pending = [];
    pendingBytes = 0;
  };
  try {
    for (let index = 0; index < documents; index += 1) {
      const document = shape.document(seed, index);
      rows += shape.rowsOf(document);
      const bson = serialize(document);
      pending.push(bson);
      pendingBytes += bson.length;
      if (pendingBytes < flushBytes) continue;
      flush();
      await turn();
      signal.throwIfAborted();
    }
    flush();
  } finally {
    closeSync(descriptor);
  }
  return { folder, file, documents, rows, bytes };
}
