import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Binary, serialize } from 'bson';
import { describe, expect, test } from 'vitest';
import { findBoundary } from '../../../../src/source/dump/find-boundary.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const small = (number: number): Uint8Array => serialize({ _id: number, text: `document ${number}` });

/** Concatenates documents and says where each begins. */
function write(folder: string, documents: readonly Uint8Array[]): { path: string; starts: number[] } {
  const path = join(folder, 'documents.bson');
  const starts: number[] = [];
  let at = 0;
  for (const document of documents) {
    starts.push(at);
    at += document.length;
  }
  writeFileSync(path, Buffer.concat(documents));
  return { path, starts };
}

describe('findBoundary', () => {
  test('finds the next document from any place inside one', async () => {
    const folder = temporaryFolder();
    const { path, starts } = write(
      folder,
      Array.from({ length: 2000 }, (_, number) => small(number)),
    );
    for (const target of [1, 17, 40, 41, 42, 1000, 5000, 5001, 5002]) {
      expect(await findBoundary(path, target)).toBe(starts.find((start) => start >= target));
    }
  });

  test('is not taken in by documents that are kept inside a document', async () => {
    const folder = temporaryFolder();
    const inner = Buffer.concat(Array.from({ length: 5000 }, (_, number) => small(number)));
    const outer = serialize({ _id: 'holder', dump: new Binary(inner) });
    const { path, starts } = write(folder, [small(1), outer, small(2), small(3)]);
    // Nothing found is as good an answer: the file is then walked through.
    expect([undefined, starts[2]]).toContain(await findBoundary(path, starts[1]! + 100));
  });

  test('finds nothing where documents are larger than a block, or damaged', async () => {
    const folder = temporaryFolder();
    const large = serialize({ _id: 1, text: 'x'.repeat(3_000_000) });
    const { path } = write(folder, [large, large]);
    expect(await findBoundary(path, 10)).toBeUndefined();
    writeFileSync(
      path,
      Buffer.concat([Buffer.alloc(100, 0xff), Buffer.from(small(1)), Buffer.alloc(50, 0xff)]),
    );
    expect(await findBoundary(path, 0)).toBeUndefined();
  });
});
