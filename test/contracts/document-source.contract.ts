import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareIds } from '../../src/bson/compare-ids.ts';
import { readId } from '../../src/bson/read-id.ts';
import type { DocumentBatch, DocumentSource, SourceRange } from '../../src/source/document-source.ts';
import { raw, rawDocument, viewOf } from '../support/raw-bson.ts';
import { type ReadDocument, readAll } from '../support/source-documents.ts';

export interface DocumentSourceCase {
  /** Opens the source anew. */
  readonly open: () => Promise<DocumentSource>;
  /** What each of its collections holds. */
  readonly collections: ReadonlyMap<string, readonly Buffer[]>;
  /** Order in which the documents come. */
  readonly order: 'stored' | 'by _id';
  /** Resume after each so-manieth document. */
  readonly resumeEvery: number;
}

const everything: SourceRange = { lower: undefined, upper: undefined };

/** What every source has to fulfil, whatever it reads from. */
export function describeDocumentSource(name: string, setUp: () => Promise<DocumentSourceCase>): void {
  describe(name, () => {
    let subject: DocumentSourceCase;
    let source: DocumentSource;
    beforeAll(async () => {
      subject = await setUp();
      source = await subject.open();
    });
    afterAll(() => source?.close());

    /** Runs a check for each collection. */
    const each = async (check: (collection: string, expected: readonly Buffer[]) => Promise<void>) => {
      for (const [collection, documents] of subject.collections) {
        await check(collection, subject.order === 'stored' ? documents : documents.toSorted(byId));
      }
    };

    it('lists its collections', async () => {
      const listed = await source.listCollections();
      expect(listed.map((collection) => collection.name).toSorted()).toEqual(
        [...subject.collections.keys()].toSorted(),
      );
    });

    it('gives every document once, byte for byte and in order', () =>
      each(async (collection, expected) => {
        expectSame(await readAll(source.readRange(collection, everything)), expected);
      }));

    it('goes on after any position with exactly the rest', () =>
      each(async (collection, expected) => {
        const all = await readAll(source.readRange(collection, everything));
        const last = all.length - 1;
        for (
          let index = 0;
          index <= last;
          index = index === last ? last + 1 : Math.min(last, index + subject.resumeEvery)
        ) {
          const rest = await readAll(
            source.readRange(collection, everything, { after: all[index]?.position }),
          );
          expectSame(rest, expected.slice(index + 1));
        }
      }));

    it('cuts into ranges that hold every document once, in order, and can be resumed', () =>
      each(async (collection, expected) => {
        for (const wanted of [1, 2, 3, 7]) {
          const ranges = await source.planRanges(collection, wanted);
          expect(ranges.length).toBeLessThanOrEqual(wanted);
          const documents: ReadDocument[] = [];
          for (const range of ranges) {
            const read = await readAll(source.readRange(collection, range));
            expect(await source.countDocuments(collection, range)).toBe(read.length);
            const half = Math.floor(read.length / 2);
            const rest = await readAll(source.readRange(collection, range, { after: read[half]?.position }));
            expectSame(
              rest,
              read.slice(half + 1).map(({ bytes }) => bytes),
            );
            documents.push(...read);
          }
          expectSame(documents, expected);
        }
      }));

    it('counts all documents', () =>
      each(async (collection, expected) => {
        expect(await source.countDocuments(collection, everything)).toBe(expected.length);
      }));

    it('reads single documents by _id and leaves out those that are not there', () =>
      each(async (collection, expected) => {
        const wanted = expected.filter((_, index) => index % 3 === 0);
        const absent = rawDocument([['_id', raw.string('there is no such document')]]);
        const found = await readAll(source.readByIds(collection, [absent, ...wanted.map(idOf)]));
        expectSame(
          found.toSorted((a, b) => byId(a.bytes, b.bytes)),
          wanted.toSorted(byId),
        );
        expect(await readAll(source.readByIds(collection, []))).toEqual([]);
      }));

    it('reads several ranges at the same time', () =>
      each(async (collection, expected) => {
        const reads = [1, 2, 3].map(() => readAll(source.readRange(collection, everything)));
        for (const documents of await Promise.all(reads)) expectSame(documents, expected);
      }));

    it('never changes the bytes of a batch that it gave', () =>
      each(async (collection) => {
        const batches: DocumentBatch[] = [];
        const copies: Buffer[] = [];
        for await (const batch of source.readRange(collection, everything)) {
          batches.push(batch);
          copies.push(Buffer.from(batch.bytes));
        }
        expect(batches.every(({ bytes }, index) => copies[index]?.equals(bytes))).toBe(true);
      }));

    it('throws `interrupted` when it is stopped, instead of ending', () =>
      each(async (collection) => {
        const stopped = AbortSignal.abort();
        const before = readAll(source.readRange(collection, everything, { signal: stopped }));
        await expect(before).rejects.toMatchObject({ code: 'interrupted' });
        const controller = new AbortController();
        const during = (async () => {
          for await (const _ of source.readRange(collection, everything, { signal: controller.signal })) {
            controller.abort();
          }
        })();
        await expect(during).rejects.toMatchObject({ code: 'interrupted' });
      }));

    it('can be left in the middle', () =>
      each(async (collection, expected) => {
        for await (const _ of source.readRange(collection, everything)) break;
        expectSame(await readAll(source.readRange(collection, everything)), expected);
      }));

    it('has the same identity when it is opened again', async () => {
      const again = await subject.open();
      expect(await again.identity()).toEqual(await source.identity());
      await again.close();
    });

    it('says a position in words', () =>
      each(async (collection) => {
        const [first] = await readAll(source.readRange(collection, everything));
        expect(source.describePosition(first?.position ?? new Uint8Array(8))).toMatch(/\d/);
      }));

    it('describes its collections', () =>
      each(async (collection) => {
        const { indexes } = await source.describeCollection(collection);
        expect(new Set(indexes.map(({ name }) => name)).size).toBe(indexes.length);
        await expect(source.describeCollection('no such collection')).rejects.toMatchObject({
          code: 'source-not-found',
        });
      }));

    it('refuses a collection that is not there', async () => {
      const read = (async () => readAll(source.readRange('no such collection', everything)))();
      await expect(read).rejects.toMatchObject({ code: 'source-not-found' });
    });
  });
}

export function idOf(document: Uint8Array): Uint8Array {
  const id = readId(document, viewOf(document), 0);
  if (id === undefined) throw new Error('A document of the test has no _id');
  return id;
}

const byId = (a: Uint8Array, b: Uint8Array): number => compareIds(idOf(a), idOf(b));

/** Compares lists without printing thousands of documents when they differ. */
function expectSame(read: readonly ReadDocument[], expected: readonly Buffer[]): void {
  const different = expected.findIndex((document, index) => !read[index]?.bytes.equals(document));
  expect({ documents: read.length, firstDifferent: different }).toEqual({
    documents: expected.length,
    firstDifferent: -1,
  });
}
