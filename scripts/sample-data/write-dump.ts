import { once } from 'node:events';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { serialize } from 'bson';
import type { Sample, SampleCollection } from './sample.ts';

const flushBytes = 1024 * 1024;

/**
 * Writes the sample as mongodump does: a folder for the database, and in it data and metadata of each collection.
 * Beside that folder goes known-rejections.json.
 */
export async function writeDump(sample: Sample, out: string, database: string): Promise<void> {
  const folder = join(out, database);
  mkdirSync(folder, { recursive: true });
  for (const collection of sample.collections) {
    writeFileSync(join(folder, `${collection.name}.metadata.json`), metadataOf(collection));
    await writeDocuments(collection, join(folder, `${collection.name}.bson`));
  }
  writeFileSync(join(out, 'known-rejections.json'), `${JSON.stringify(sample.knownRejections(), null, 2)}\n`);
}

async function writeDocuments(collection: SampleCollection, file: string): Promise<void> {
  const stream = createWriteStream(file);
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  const flush = async () => {
    const isTaken = stream.write(Buffer.concat(pending));
    pending = [];
    pendingBytes = 0;
    if (!isTaken) await once(stream, 'drain');
  };
  for (const document of collection.generate()) {
    const bytes = serialize(document);
    pending.push(bytes);
    pendingBytes += bytes.length;
    if (pendingBytes >= flushBytes) await flush();
  }
  await flush();
  stream.end();
  await finished(stream);
}

function metadataOf({ name, indexes }: SampleCollection): string {
  const version = { $numberInt: '2' };
  const describe = (fields: Readonly<Record<string, number>>, indexName: string) => ({
    v: version,
    key: Object.fromEntries(
      Object.entries(fields).map(([field, order]) => [field, { $numberInt: String(order) }]),
    ),
    name: indexName,
  });
  const nameOf = (fields: Readonly<Record<string, number>>) => Object.entries(fields).flat().join('_');
  const all = [describe({ _id: 1 }, '_id_'), ...indexes.map((fields) => describe(fields, nameOf(fields)))];
  return JSON.stringify({ indexes: all, collectionName: name, type: 'collection' });
}
