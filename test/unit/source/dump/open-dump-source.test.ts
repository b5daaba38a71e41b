import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openDumpSource } from '../../../../src/source/dump/open-dump-source.ts';
import { writeArchive } from '../../../support/archive-writer.ts';
import { raw, rawDocument } from '../../../support/raw-bson.ts';
import { imagegenFolder, readAll } from '../../../support/source-documents.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const document = rawDocument([['_id', raw.int32(1)]]);
const open = (path: string, database?: string) => openDumpSource({ kind: 'dump', path, database });
const everything = { lower: undefined, upper: undefined };

async function kinds(path: string, database?: string): Promise<Record<string, string>> {
  const listed = await (await open(path, database)).listCollections();
  return Object.fromEntries(listed.map(({ name, kind }) => [name, kind]));
}

describe('which database', () => {
  const folder = () =>
    temporaryFolder({ 'a/x.bson': document, 'b/y.bson': document, 'admin/z.bson': document });

  it('is the only one that is not of the system', async () => {
    const path = temporaryFolder({
      'shop/x.bson': document,
      'admin/z.bson': document,
      'notes/README': 'hello',
    });
    expect((await (await open(path)).identity()).database).toBe('shop');
  });

  it('has to be named where there are several', async () => {
    const path = folder();
    await expect(open(path)).rejects.toMatchObject({ code: 'source-ambiguous' });
    await expect(open(path)).rejects.toThrow(/a, b/);
    expect(await kinds(path, 'b')).toEqual({ y: 'collection' });
    expect(await kinds(path, 'admin')).toEqual({ z: 'collection' });
  });

  it('has to be there', async () => {
    await expect(open(folder(), 'c')).rejects.toMatchObject({ code: 'source-not-found' });
    await expect(open(temporaryFolder())).rejects.toMatchObject({ code: 'source-not-found' });
    await expect(open(join(temporaryFolder(), 'nothing'))).rejects.toMatchObject({
      code: 'source-not-found',
    });
  });

  it('of a single file is its folder', async () => {
    const path = join(temporaryFolder({ 'shop/x.bson': document }), 'shop', 'x.bson');
    expect((await (await open(path)).identity()).database).toBe('shop');
    expect((await (await open(path, 'other')).identity()).database).toBe('other');
  });
});

describe('names', () => {
  it('are decoded as mongodump encodes them', async () => {
    const path = temporaryFolder({
      'shop/a%2Fb.bson': document,
      'shop/a%22%3B%20drop%20table%20t%3B%20--.bson': document,
      'shop/with.dots.$.bson': document,
      'shop/100%.bson': document,
    });
    const names = ['a/b', 'a"; drop table t; --', 'with.dots.$', '100%'];
    expect(Object.keys(await kinds(path)).toSorted()).toEqual(names.toSorted());
    const source = await open(path);
    for (const name of names) expect(await source.countDocuments(name, everything)).toBe(1);
  });

  it('come from the metadata where the file name was cut', async () => {
    const name = 'n'.repeat(240);
    const stem = `${'n'.repeat(208)}%24abc`;
    const path = temporaryFolder({
      [`shop/${stem}.bson`]: document,
      [`shop/${stem}.metadata.json`]: JSON.stringify({ collectionName: name, type: 'collection' }),
    });
    expect(Object.keys(await kinds(path))).toEqual([name]);
  });

  it.each(['..', '../../etc/passwd', 'a/../b', 'a\0b', 'a\\..\\b'])(
    'that are unsafe are refused: %j',
    async (name) => {
      const metadata = JSON.stringify({ collectionName: name });
      const folder = temporaryFolder({ 'shop/x.bson': document, 'shop/x.metadata.json': metadata });
      await expect(open(folder)).rejects.toMatchObject({ code: 'source-unsafe-name' });
      if (name.includes('\0')) return;
      const archive = writeArchive('shop', [{ collection: name, documents: [document] }]);
      const file = join(temporaryFolder({ 'x.archive': archive }), 'x.archive');
      await expect(open(file)).rejects.toMatchObject({ code: 'source-unsafe-name' });
    },
  );

  it('of databases that are unsafe are refused', async () => {
    const archive = writeArchive('../shop', [{ collection: 'x', documents: [document] }]);
    const file = join(temporaryFolder({ 'x.archive': archive }), 'x.archive');
    await expect(open(file)).rejects.toMatchObject({ code: 'source-unsafe-name' });
  });

  it('that two files claim are refused', async () => {
    const metadata = JSON.stringify({ collectionName: 'y' });
    const claimed = { 'shop/x.bson': document, 'shop/x.metadata.json': metadata, 'shop/y.bson': document };
    await expect(open(temporaryFolder(claimed))).rejects.toMatchObject({ code: 'source-corrupt' });
    const twice = { 'shop/x.bson': document, 'shop/x.bson.gz': gzipSync(document) };
    await expect(open(temporaryFolder(twice))).rejects.toMatchObject({ code: 'source-corrupt' });
  });
});

describe('links', () => {
  const outside = () => join(temporaryFolder({ 'secret.bson': document }), 'secret.bson');

  it('inside a dump are refused', async () => {
    const folder = temporaryFolder({ 'shop/x.bson': document });
    symlinkSync(outside(), join(folder, 'shop', 'y.bson'));
    await expect(open(folder)).rejects.toMatchObject({ code: 'source-unsafe-name' });
    await expect(open(join(folder, 'shop'))).rejects.toMatchObject({ code: 'source-unsafe-name' });
  });

  it('to a database folder are refused', async () => {
    const folder = temporaryFolder({ 'shop/x.bson': document });
    symlinkSync(temporaryFolder({ 'y.bson': document }), join(folder, 'other'));
    await expect(open(folder)).rejects.toMatchObject({ code: 'source-unsafe-name' });
  });

  it('that are named by the user are followed', async () => {
    const link = join(temporaryFolder(), 'link.bson');
    symlinkSync(outside(), link);
    expect(await kinds(link)).toEqual({ secret: 'collection' });
  });
});

describe('kinds', () => {
  it('follow name and metadata', async () => {
    const metadata = (fields: object): string => JSON.stringify({ indexes: [], ...fields });
    const path = temporaryFolder({
      'shop/plain.bson': document,
      'shop/plain.metadata.json': metadata({ type: 'collection' }),
      'shop/log.bson': document,
      'shop/log.metadata.json': metadata({ options: { capped: true, size: { $numberInt: '4096' } } }),
      'shop/view.metadata.json': metadata({ type: 'view', options: { viewOn: 'plain' } }),
      'shop/series.metadata.json': gzipSync(metadata({ type: 'timeseries' })),
      'shop/system.buckets.series.bson': document,
      'shop/prelude.json': '{"ServerVersion":"8.2.11"}',
    });
    expect(await kinds(path)).toEqual({
      log: 'capped',
      plain: 'collection',
      series: 'timeseries',
      'system.buckets.series': 'system',
      view: 'view',
    });
    const source = await open(path);
    expect(source.notices().join()).toMatch(/"series".*buckets/);
    for (const name of ['view', 'series']) {
      await expect(readAll(source.readRange(name, everything))).rejects.toMatchObject({
        code: 'source-not-found',
      });
    }
  });

  it('say of an oplog that it is not replayed', async () => {
    const folder = temporaryFolder({ 'oplog.bson': document, 'shop/x.bson': document });
    expect((await open(folder)).notices().join()).toMatch(/oplog.*not replay/);
    const entry = [
      ['db', raw.string('')],
      ['collection', raw.string('oplog')],
    ] as const;
    const archive = writeArchive('shop', [{ collection: 'x', documents: [document] }], [entry]);
    const source = await open(join(temporaryFolder({ 'x.archive': archive }), 'x.archive'));
    expect(source.notices().join()).toMatch(/oplog.*not replay/);
    expect((await source.listCollections()).map(({ name }) => name)).toEqual(['x']);
  });

  it('know a collection called oplog from the oplog', async () => {
    const metadata = JSON.stringify({ collectionName: 'oplog', type: 'collection' });
    const source = await open(
      temporaryFolder({ 'shop/oplog.bson': document, 'shop/oplog.metadata.json': metadata }),
    );
    expect(source.notices()).toEqual([]);
    expect((await source.listCollections()).map(({ name }) => name)).toEqual(['oplog']);
  });

  it('refuse a file that is neither', async () => {
    const path = join(temporaryFolder({ 'x.jsonl': '{"_id":1}\n' }), 'x.jsonl');
    await expect(open(path)).rejects.toMatchObject({ code: 'source-not-found' });
  });
});

describe('packing', () => {
  it('is told by content and not by name', async () => {
    const path = temporaryFolder({ 'shop/a.bson': gzipSync(document), 'shop/b.bson.gz': document });
    const source = await open(path);
    for (const name of ['a', 'b']) expect(await source.countDocuments(name, everything)).toBe(1);
  });

  it('is not seen in a document whose length looks like gzip', async () => {
    // 0x00088b1f: the length's bytes are those that a gzip file begins with.
    const size = 0x00088b1f;
    const large = rawDocument([['_id', raw.string('x'.repeat(size - 15))]]);
    expect(large.length).toBe(size);
    const source = await open(join(temporaryFolder({ 'x.bson': large }), 'x.bson'));
    expect(await source.countDocuments('x', everything)).toBe(1);
  });
});

describe('identity', () => {
  it('is the same elsewhere and differs with the content', async () => {
    const other = rawDocument([['_id', raw.int32(2)]]);
    const fingerprint = async (bytes: Uint8Array) =>
      (await (await open(temporaryFolder({ 'shop/x.bson': bytes }))).identity()).fingerprint;
    expect(await fingerprint(document)).toBe(await fingerprint(document));
    expect(await fingerprint(document)).not.toBe(await fingerprint(other));
    expect(await fingerprint(document)).not.toBe(await fingerprint(Buffer.concat([document, document])));
  });

  it('is the same through a folder and through the folder of its database', async () => {
    const outer = await (await open(join(imagegenFolder, 'dump'))).identity();
    expect(await (await open(join(imagegenFolder, 'dump', 'imagegen'))).identity()).toEqual(outer);
  });
});
