import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openSource } from '../../../../src/source/open-source.ts';
import { parseSourceAddress } from '../../../../src/source/parse-source-address.ts';
import { raw, rawDocument } from '../../../support/raw-bson.ts';
import { readAll } from '../../../support/source-documents.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const everything = { lower: undefined, upper: undefined };
const line = '{"_id":1}\n';
const bson = rawDocument([['_id', raw.int32(1)]]);
const open = (path: string) => openSource(parseSourceAddress(path));
const names = async (path: string) => (await (await open(path)).listCollections()).map(({ name }) => name);

describe('collections', () => {
  it('are called like their files', async () => {
    const folder = temporaryFolder({
      'users.json': line,
      'db.orders.jsonl': line,
      'a b.NDJSON': line,
      'packed.json.gz': gzipSync(line),
      'packed-unnamed.json': gzipSync(line),
      'x%2Fy.json': line,
      'system.views.json': line,
    });
    const source = await open(folder);
    expect(
      Object.fromEntries((await source.listCollections()).map(({ name, kind }) => [name, kind])),
    ).toEqual({
      'a b': 'collection',
      'db.orders': 'collection',
      packed: 'collection',
      'packed-unnamed': 'collection',
      'system.views': 'system',
      users: 'collection',
      'x/y': 'collection',
    });
    for (const { name } of await source.listCollections()) {
      expect(await source.countDocuments(name, everything)).toBe(1);
    }
    expect(source.notices()).toEqual([]);
  });

  it('are estimated by the beginning of a file that is not packed', async () => {
    const folder = temporaryFolder({
      'a.json': '{"_id":1000}\n'.repeat(200_000),
      'b.json': '',
      'c.json.gz': gzipSync(line),
    });
    const [a, b, c] = await (await open(folder)).listCollections();
    expect(a?.estimatedDocuments).toBeGreaterThan(199_000);
    expect(a?.estimatedDocuments).toBeLessThan(201_000);
    expect(a?.estimatedBytes).toBe(2_600_000);
    expect(b?.estimatedDocuments).toBe(0);
    expect(c).toMatchObject({ estimatedDocuments: undefined, estimatedBytes: undefined });
  });

  it('that two files claim are refused', async () => {
    const folder = temporaryFolder({ 'x.json': line, 'x.jsonl.gz': gzipSync(line) });
    await expect(open(folder)).rejects.toMatchObject({ code: 'source-corrupt' });
  });

  it('are known by nothing but their documents', async () => {
    const source = await open(join(temporaryFolder({ 'x.json': line }), 'x.json'));
    expect(await source.describeCollection('x')).toEqual({
      indexes: [],
      collation: undefined,
      validator: undefined,
      viewOn: undefined,
      timeField: undefined,
    });
    await expect(source.describeCollection('y')).rejects.toMatchObject({ code: 'source-not-found' });
  });
});

describe('folders', () => {
  it('with exports and other things say what is not read', async () => {
    const folder = temporaryFolder({
      'x.json': line,
      'x.csv': '',
      'inside/y.json': line,
      'x.metadata.json': '{}',
    });
    const source = await open(folder);
    expect(await names(folder)).toEqual(['x']);
    expect(source.notices().join()).toMatch(/not read: inside, x\.csv, x\.metadata\.json$/);
  });

  it('with a .bson are dumps, also where it lies in the folder of its database', async () => {
    expect(await names(temporaryFolder({ 'shop.bson': bson, 'other.json': line }))).toEqual(['shop']);
    expect(await names(temporaryFolder({ 'shop/x.bson.gz': gzipSync(bson), 'other.json': line }))).toEqual([
      'x',
    ]);
  });

  it('without either are refused', async () => {
    await expect(open(temporaryFolder())).rejects.toMatchObject({ code: 'source-not-found' });
    await expect(open('does-not-exist.json')).rejects.toMatchObject({ code: 'source-not-found' });
    await expect(open(temporaryFolder({ 'prelude.json': '{}' }))).rejects.toMatchObject({
      code: 'source-not-found',
    });
  });

  it('with a link are refused; a link that is named by the user is followed', async () => {
    const outside = join(temporaryFolder({ 'secret.json': line }), 'secret.json');
    const folder = temporaryFolder({ 'x.json': line });
    symlinkSync(outside, join(folder, 'y.json'));
    await expect(open(folder)).rejects.toMatchObject({ code: 'source-unsafe-name' });
    expect(await names(join(folder, 'y.json'))).toEqual(['secret']);
  });

  it('with names that lead out of them are refused', async () => {
    const folder = temporaryFolder({ 'a%2F..%2Fx.json': line });
    await expect(open(folder)).rejects.toMatchObject({ code: 'source-unsafe-name' });
  });
});

describe('identity', () => {
  it('is that of the content, wherever the file lies', async () => {
    const identity = async (text: string) => (await open(temporaryFolder({ 'x.json': text }))).identity();
    expect(await identity(line)).toEqual(await identity(line));
    expect((await identity(line)).kind).toBe('export');
    expect(await identity(line)).not.toEqual(await identity(line + line));
  });
});

describe('documents without an _id', () => {
  const text = Array.from({ length: 5000 }, (_, n) => `{"n":${n},"a":"${'x'.repeat(300)}"}\n`).join('');

  it('get one from their number in the file, which is said', async () => {
    const source = await open(
      join(temporaryFolder({ 'x.json': '{"a":1}\n{"_id":7}\n{"b":{"_id":2}}\n' }), 'x.json'),
    );
    expect(source.notices()).toEqual([
      'Documents of "x" have no _id: each such document gets one from its number in the file, the first "x#0"',
    ]);
    const documents = await readAll(source.readRange('x', everything));
    expect(documents.map(({ bytes }) => bytes)).toEqual([
      rawDocument([
        ['_id', raw.string('x#0')],
        ['a', raw.int32(1)],
      ]),
      rawDocument([['_id', raw.int32(7)]]),
      rawDocument([
        ['_id', raw.string('x#2')],
        ['b', raw.document([['_id', raw.int32(2)]])],
      ]),
    ]);
  });

  it.each([
    ['plain', 'x.json', text],
    ['packed', 'x.json.gz', gzipSync(text)],
    ['an array', 'x.json', `[${text.trim().replaceAll('\n', ',')}]`],
  ])('have the same one wherever reading begins: %s', async (_, name, content) => {
    const source = await open(join(temporaryFolder({ [name]: content }), name));
    expect(await source.planRanges('x', 4)).toHaveLength(1);
    const all = await readAll(source.readRange('x', everything));
    expect(all.length).toBe(5000);
    for (const index of [0, 1, 2499, 4998]) {
      const rest = await readAll(source.readRange('x', everything, { after: all[index]!.position }));
      expect(rest[0]?.bytes).toEqual(all[index + 1]?.bytes);
      expect(rest.length).toBe(4999 - index);
    }
    const id = rawDocument([['_id', raw.string('x#4321')]]);
    const [found] = await readAll(source.readByIds('x', [id]));
    expect(found?.bytes).toEqual(all[4321]?.bytes);
  });
});

describe('ranges', () => {
  const documents = Array.from({ length: 12_000 }, (_, n) => ({
    _id: n,
    text: 'no boundary: }{ } { }\n{ here, nor {"_id":1}\n{"_id":2}'.repeat((n % 7) + 1),
    list: [{ a: 1 }, { a: { b: [{}, {}] } }],
  }));

  it.each([
    ['JSON lines', documents.map((one) => `${JSON.stringify(one)}\n`).join('')],
    [
      'documents over many lines',
      documents.map((one) => `${JSON.stringify(one, undefined, 2)}\r\n`).join(''),
    ],
    [
      'documents without indentation',
      documents.map((one) => `${JSON.stringify(one, undefined, '\n')}\n`).join(''),
    ],
  ])('are cut between documents only: %s', async (_, text) => {
    const source = await open(join(temporaryFolder({ 'x.json': text }), 'x.json'));
    for (const wanted of [2, 3, 8]) {
      const ranges = await source.planRanges('x', wanted);
      expect(ranges.length).toBe(wanted);
      const numbers: number[] = [];
      for (const range of ranges) {
        const read = await readAll(source.readRange('x', range));
        const last = await readAll(source.readRange('x', range, { after: read.at(-1)!.position }));
        expect(last).toEqual([]);
        const rest = await readAll(source.readRange('x', range, { after: read[5]!.position }));
        expect(rest.length).toBe(read.length - 6);
        numbers.push(...read.map(({ bytes }) => bytes.readInt32LE(9)));
      }
      expect(numbers).toEqual(documents.map(({ _id }) => _id));
    }
  });

  it('give a document without an _id in their middle the number that it has in the file', async () => {
    const text = documents.map((one) => JSON.stringify(one));
    text[9000] = '{"a":1}';
    const source = await open(join(temporaryFolder({ 'x.json': text.join('\n') }), 'x.json'));
    const ranges = await source.planRanges('x', 3);
    expect(ranges.length).toBe(3);
    const read = (await Promise.all(ranges.map((range) => readAll(source.readRange('x', range))))).flat();
    expect(read[9000]?.bytes).toEqual(
      rawDocument([
        ['_id', raw.string('x#9000')],
        ['a', raw.int32(1)],
      ]),
    );
  });

  it('name damage with the line and the number that it has in the file', async () => {
    const text = documents.map((one) => JSON.stringify(one));
    text[9000] = '{"_id":9000,}';
    const source = await open(join(temporaryFolder({ 'x.json': text.join('\n') }), 'x.json'));
    const ranges = await source.planRanges('x', 3);
    await expect(readAll(source.readRange('x', ranges[2]!))).rejects.toMatchObject({
      context: { line: 9001, document: 9001 },
    });
  });

  it('are one where the file is an array, packed or small', async () => {
    const array = JSON.stringify(documents);
    for (const [name, content] of [
      ['x.json', array],
      ['x.json.gz', gzipSync(array)],
      ['x.json', line],
    ] as const) {
      const source = await open(join(temporaryFolder({ [name]: content }), name));
      expect(await source.planRanges('x', 4)).toHaveLength(1);
    }
  });
});
