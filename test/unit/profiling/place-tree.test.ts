import { serialize } from 'bson';
import { expect, test } from 'vitest';
import { profileLimits } from '../../../src/profiling/profile-limits.ts';
import { DocumentScan } from '../../../src/profiling/scan/document-scan.ts';
import { PlaceTree } from '../../../src/profiling/scan/place-tree.ts';

/** Objects in objects, each key another one: 21³ places and more. */
const wide = (levels: number, name: string): object =>
  Object.fromEntries(
    Array.from({ length: 21 }, (_, index) => [
      `${name}.${index}`,
      levels === 0 ? index : wide(levels - 1, `${name}.${index}`),
    ]),
  );

test('within one document, new keys find no room beyond twice the limit', () => {
  const bytes = Buffer.from(serialize({ wide: wide(2, 'k') }));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tree = new PlaceTree({ ...profileLimits, maxPlaces: 300 });
  const scan = new DocumentScan(tree);
  scan.document(bytes, view, 0);
  expect(tree.places).toBeGreaterThan(600 - 1);
  expect(tree.places).toBeLessThan(700);
  expect(tree.isFull).toBe(true);
  tree.compact();
  expect(tree.isFull).toBe(false);
  expect(tree.places).toBeLessThanOrEqual(300);
  scan.document(bytes, view, 0);
  expect(scan.duplicateKeyDocuments).toBe(0);
  expect(tree.root.count).toBe(2);
});

test('nothing finds room beyond three times the limit', () => {
  const tree = new PlaceTree({ ...profileLimits, maxPlaces: 300 });
  const scan = new DocumentScan(tree);
  for (const inside of [{}, { x: { y: { z: [1] } } }]) {
    const all = Object.fromEntries(Array.from({ length: 650 }, (_, index) => [`k${index}`, inside]));
    const bytes = Buffer.from(serialize(all));
    scan.document(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0);
  }
  expect(tree.places).toBe(900);
  tree.compact();
  expect(tree.places).toBeLessThan(900);
});
