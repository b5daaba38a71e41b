import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openDumpSource } from '../../../../src/source/dump/open-dump-source.ts';
import { writeArchive } from '../../../support/archive-writer.ts';
import { raw, rawDocument } from '../../../support/raw-bson.ts';
import { imagegenDocuments, imagegenFolder, readUntilError } from '../../../support/source-documents.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const everything = { lower: undefined, upper: undefined };
const tasks = imagegenDocuments('tasks');
const tasksBytes = Buffer.concat(tasks);

const numbered = (n: number): Buffer => rawDocument([['_id', raw.int32(n)]]);

/** Reads a collection until it fails. */
async function read(path: string, collection: string) {
  const source = await openDumpSource({ kind: 'dump', path, database: undefined });
  return readUntilError(source.readRange(collection, everything));
}

const readFile = async (name: string, bytes: Uint8Array, collection = 'x') =>
  read(join(temporaryFolder({ [name]: bytes }), name), collection);

describe('a damaged .bson file', () => {
  it('gives everything before the place where it is cut short, and says where that is', async () => {
    const { documents, error } = await readFile('x.bson', tasksBytes.subarray(0, tasksBytes.length - 1));
    expect(documents.length).toBe(tasks.length - 1);
    const offset = tasksBytes.length - (tasks.at(-1)?.length ?? 0);
    expect(error).toMatchObject({ code: 'source-corrupt', context: { offset, document: tasks.length } });
  });

  it.each([
    ['2 GB', 0x7fffffff],
    ['over 16 MB', 16 * 1024 * 1024 + 16 * 1024 + 1],
    ['below 5', 4],
    ['zero', 0],
    ['below zero', -5],
    ['longer than the file', 1000],
    ['a little too short', 10],
  ])('stops at a length that is %s', async (_, length) => {
    const lying = numbered(3);
    lying.writeInt32LE(length, 0);
    const bytes = Buffer.concat([numbered(1), numbered(2), lying, numbered(4)]);
    const { documents, error } = await readFile('x.bson', bytes);
    expect(documents.map((document) => document.bytes)).toEqual([numbered(1), numbered(2)]);
    expect(error).toMatchObject({ code: 'source-corrupt', context: { offset: 28, document: 3 } });
  });

  it('is cut into ranges all the same, and only the last one fails', async () => {
    const path = join(temporaryFolder({ 'x.bson': tasksBytes.subarray(0, -1) }), 'x.bson');
    const source = await openDumpSource({ kind: 'dump', path, database: undefined });
    const ranges = await source.planRanges('x', 3);
    const outcomes = [];
    for (const range of ranges) outcomes.push(await readUntilError(source.readRange('x', range)));
    expect(outcomes.map(({ error }) => error !== undefined)).toEqual([false, false, true]);
    expect(outcomes.flatMap(({ documents }) => documents).length).toBe(tasks.length - 1);
  });
});

describe('a damaged gzip file', () => {
  const packed = gzipSync(tasksBytes);

  it.each([
    ['in its trailer', packed.length - 4],
    ['in the middle', Math.floor(packed.length / 2)],
    ['in its header', 5],
  ])('that is cut short %s gives what can be unpacked, then says so', async (_, length) => {
    const { documents, error } = await readFile('x.bson.gz', packed.subarray(0, length));
    expect(error).toMatchObject({ code: 'source-corrupt' });
    expect(String(error)).toMatch(/cut short/);
    documents.forEach((document, index) => {
      expect(document.bytes.equals(tasks[index] as Buffer)).toBe(true);
    });
    if (length === packed.length - 4) expect(documents.length).toBe(tasks.length);
  });

  it('with something else behind it gives all but the last 64 KiB', async () => {
    const { documents, error } = await readFile('x.bson.gz', Buffer.concat([packed, Buffer.from('garbage')]));
    const given = Buffer.concat(documents.map((document) => document.bytes));
    expect(given.equals(tasksBytes.subarray(0, given.length))).toBe(true);
    expect(given.length).toBeGreaterThan(tasksBytes.length - 128 * 1024);
    expect(error).toMatchObject({ code: 'source-corrupt' });
  });

  it('with a flipped bit gives no document that was not there', async () => {
    const flipped = Buffer.from(packed);
    flipped[packed.length - 6] = (flipped[packed.length - 6] ?? 0) ^ 1;
    const { error } = await readFile('x.bson.gz', flipped);
    expect(error).toMatchObject({ code: 'source-corrupt' });
  });

  it('is read over the border of its members, and not beyond them', async () => {
    const members = Buffer.concat([gzipSync(numbered(1)), gzipSync(numbered(2)), gzipSync(Buffer.alloc(0))]);
    const whole = await readFile('x.bson.gz', members);
    expect(whole.error).toBeUndefined();
    expect(whole.documents.map((document) => document.bytes)).toEqual([numbered(1), numbered(2)]);
    const { error } = await readFile('x.bson.gz', Buffer.concat([members, Buffer.from('garbage')]));
    expect(error).toMatchObject({ code: 'source-corrupt' });
  });

  it('unpacks a file that grows a thousandfold in bounded memory', async () => {
    const large = rawDocument([['_id', raw.binary(Buffer.alloc(15_000_000))]]);
    const bomb = Buffer.concat(Array.from({ length: 10 }, () => gzipSync(large)));
    const { documents, error } = await readFile('x.bson.gz', bomb);
    expect(error).toBeUndefined();
    expect(documents.map((document) => document.bytes.length)).toEqual(Array(10).fill(large.length));
  });
});

describe('a damaged archive', () => {
  const first = [numbered(1), numbered(2), numbered(3)];
  const second = [numbered(10), numbered(11)];
  const archive = writeArchive('shop', [
    { collection: 'a', documents: first.slice(0, 1) },
    { collection: 'b', documents: second.slice(0, 1) },
    { collection: 'a', documents: first.slice(1) },
    { collection: 'b', documents: second.slice(1) },
  ]);

  it('whose slices alternate is read as it was written', async () => {
    for (const [collection, expected] of [
      ['a', first],
      ['b', second],
    ] as const) {
      const { documents, error } = await readFile('x.archive', archive, collection);
      expect(error).toBeUndefined();
      expect(documents.map((document) => document.bytes)).toEqual(expected);
    }
  });

  it('fails at the end of the collection whose checksum is wrong, and only there', async () => {
    const changed = Buffer.from(archive);
    const at = changed.lastIndexOf(numbered(11));
    changed[at + 9] = 12;
    const b = await readFile('x.archive', changed, 'b');
    expect(b.documents.length).toBe(2);
    expect(b.error).toMatchObject({ code: 'source-corrupt' });
    expect(String(b.error)).toMatch(/checksum/);
    expect((await readFile('x.archive', changed, 'a')).error).toBeUndefined();
  });

  it('that is cut short gives what is there', async () => {
    const real = readFileSync(join(imagegenFolder, 'imagegen.archive'));
    const { documents, error } = await readFile('x.archive', real.subarray(0, -60), 'dramatiq_tasks');
    expect(documents.length).toBe(3000);
    expect(error).toMatchObject({ code: 'source-corrupt' });
  });

  it('with two terminators in a row is refused', async () => {
    const end = archive.indexOf(numbered(1)) + numbered(1).length;
    const broken = Buffer.concat([archive.subarray(0, end), Buffer.alloc(4, 0xff), archive.subarray(end)]);
    const { documents, error } = await readFile('x.archive', broken, 'a');
    expect(documents.length).toBe(1);
    expect(error).toMatchObject({ code: 'source-corrupt' });
  });

  it('that ends within the list of collections cannot be opened', async () => {
    const path = join(temporaryFolder({ 'x.archive': archive.subarray(0, 60) }), 'x.archive');
    const open = openDumpSource({ kind: 'dump', path, database: undefined });
    await expect(open).rejects.toMatchObject({ code: 'source-corrupt' });
  });
});

describe('large and small', () => {
  it('reads documents of 15 MB and of 5 bytes over the borders of blocks', async () => {
    const sizes = [5, 15_000_000, 5, 1_048_576, 1_048_571, 600_000, 600_000, 600_000, 5];
    const expected = sizes.map((size) =>
      size === 5 ? rawDocument([]) : rawDocument([['_id', raw.binary(Buffer.alloc(size - 15, 1))]]),
    );
    expect(expected.map((document) => document.length)).toEqual(sizes);
    for (const [name, bytes] of [
      ['x.bson', Buffer.concat(expected)],
      ['x.bson.gz', gzipSync(Buffer.concat(expected))],
      ['x.archive', writeArchive('shop', [{ collection: 'x', documents: expected.slice(2) }])],
    ] as const) {
      const { documents, error } = await readFile(name, bytes);
      expect(error).toBeUndefined();
      const wanted = name === 'x.archive' ? expected.slice(2) : expected;
      expect(documents.every((document, index) => document.bytes.equals(wanted[index] as Buffer))).toBe(true);
      expect(documents.length).toBe(wanted.length);
    }
  });

  it('reads an empty file and an empty collection as no documents', async () => {
    for (const [name, bytes] of [
      ['x.bson', Buffer.alloc(0)],
      ['x.bson.gz', gzipSync(Buffer.alloc(0))],
      ['x.archive', writeArchive('shop', [{ collection: 'x', documents: [] }])],
    ] as const) {
      expect(await readFile(name, bytes)).toEqual({ documents: [], error: undefined });
    }
  });
});
