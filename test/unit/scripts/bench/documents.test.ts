import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serialize } from 'bson';
import { describe, expect, test } from 'vitest';
import { type Shape, shapes } from '../../../../scripts/bench/shapes.ts';
import { writeDumpFile } from '../../../../scripts/bench/write-dump-file.ts';
import { loadMappings } from '../../../../src/mapping/load-mappings.ts';
import { loadTransforms } from '../../../../src/mapping/load-transforms.ts';
import type { CollectionMapping } from '../../../../src/mapping/mapping.ts';
import { encodeOutcome, encoderOf, memoryOf } from '../../../support/fast-encoder.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const bytesOf = (shape: Shape, seed: number, count: number): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, index) => serialize(shape.document(seed, index))));

const projectFolder = ({ project }: Shape): string =>
  fileURLToPath(new URL(`../../../../scripts/bench/${project}`, import.meta.url));

async function mappingOf(shape: Shape): Promise<CollectionMapping> {
  const { collections } = await loadMappings({ projectFolder: projectFolder(shape) });
  return collections.find(({ collection }) => collection === shape.name)!;
}

const never = new AbortController().signal;

describe.each(Object.values(shapes))('$name documents', (shape) => {
  test('are the same for the same seed and others for another', () => {
    expect(bytesOf(shape, 3, 50).equals(bytesOf(shape, 3, 50))).toBe(true);
    expect(bytesOf(shape, 3, 50).equals(bytesOf(shape, 4, 50))).toBe(false);
  });

  test('have distinct, rising ids', () => {
    const ids = Array.from({ length: 500 }, (_, index) => shape.document(1, index)['_id'].toHexString());
    expect(new Set(ids).size).toBe(500);
    expect(ids.toSorted()).toEqual(ids);
  });

  test('have the size that the figures speak of', () => {
    const average = bytesOf(shape, 1, 2000).length / 2000;
    const [least, most] =
      shape.name === 'flat' ? [245, 275] : shape.name === 'orders' ? [900, 1000] : [980, 1060];
    expect(average).toBeGreaterThan(least);
    expect(average).toBeLessThan(most);
  });

  test('have the tables and columns of the mapping, in its order', async () => {
    const mapping = await mappingOf(shape);
    expect(mapping.tables.map(({ name }) => name)).toEqual(shape.tables);
    expect(mapping.idColumn, 'no second table for the ids').toBeDefined();
    if (shape.columns === undefined) return;
    expect(mapping.tables[0]!.columns.map(({ name }) => name)).toEqual(shape.columns);
    expect(Object.keys(shape.document(1, 0)).toSorted()).toEqual(shape.columns.toSorted());
  });

  test('become as many rows as the shape says', async () => {
    const mapping = await mappingOf(shape);
    const encoder = encoderOf(mapping, await loadTransforms(projectFolder(shape), mapping));
    for (let index = 0; index < 200; index += 1) {
      const document = shape.document(1, index);
      const outcome = encodeOutcome(encoder, mapping, memoryOf(Buffer.from(serialize(document))));
      if (outcome.kind === 'rejected') expect.fail(`${outcome.code} at ${outcome.path}`);
      const rows = outcome.tables.reduce((sum, table) => sum + table.rows.length, 0);
      expect(rows).toBe(shape.rowsOf(document));
      expect(outcome.adjustments).toEqual([]);
    }
  });

  test('fill a dump, of which a smaller one is the beginning', async () => {
    const folder = temporaryFolder();
    const small = await writeDumpFile(shape, join(folder, 'small'), 100, 1, never);
    const large = await writeDumpFile(shape, join(folder, 'large'), 3000, 1, never);
    const [few, many] = [readFileSync(small.file), readFileSync(large.file)];
    expect([few.length, many.length]).toEqual([small.bytes, large.bytes]);
    expect(many.subarray(0, few.length).equals(few)).toBe(true);
    expect(few.equals(bytesOf(shape, 1, 100))).toBe(true);
  });
});

test('a dump stops when it is asked to', async () => {
  const stopped = AbortSignal.abort(new Error('asked'));
  await expect(writeDumpFile(shapes.nested, temporaryFolder(), 3000, 1, stopped)).rejects.toThrow('asked');
});
