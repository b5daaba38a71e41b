import { createHash } from 'node:crypto';
import { openDumpFile, readAt } from './open-dump-file.ts';

const sampleBytes = 64 * 1024;

/** A collection, and the file that holds its documents. */
export interface FingerprintedCollection {
  readonly name: string;
  readonly data: { readonly path: string; readonly fileBytes: number } | undefined;
}

/**
 * Names the content of a dump or export, not its place: SHA-256 over, for each collection by name, the size of its file and
 * the first and last 64 KiB of it.
 *
 * Another dump of the same database differs in size or at an end (documents are added, oplog and archive end in a
 * checksum), and a hash over everything would read a terabyte before the first document. Where several collections
 * share one file (archives), it is hashed once. Paths and times do not count, so that a dump may be moved.
 */
export async function dumpFingerprint(collections: readonly FingerprintedCollection[]): Promise<string> {
  const hash = createHash('sha256');
  const done = new Set<string>();
  for (const { name, data } of collections.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(`${JSON.stringify(name)}\n`);
    if (data === undefined || done.has(data.path)) continue;
    done.add(data.path);
    const file = await openDumpFile(data.path);
    try {
      hash.update(`${data.fileBytes}\n`);
      hash.update(await readAt(file, 0, Math.min(sampleBytes, data.fileBytes)));
      hash.update(await readAt(file, Math.max(0, data.fileBytes - sampleBytes), sampleBytes));
    } finally {
      await file.close();
    }
  }
  return `sha256:${hash.digest('hex')}`;
}
