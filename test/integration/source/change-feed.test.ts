import { describe, expect, it } from 'vitest';
import { compareIds } from '../../../src/bson/compare-ids.ts';
import { compareClusterTimes } from '../../../src/source/change-feed.ts';
import { documentMap } from '../../../src/source/mongo/document-map.ts';
import { eventText, positionOf, readUntilNow } from '../../support/feed-events.ts';
import { mixedIdDocuments } from '../../support/mixed-ids.ts';
import { startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { type RawValue, raw, rawDocument } from '../../support/raw-bson.ts';
import { readAll } from '../../support/source-documents.ts';
import { useFeeds } from '../../support/use-feeds.ts';

const server = await startMongoServerOrSkip();
const everything = { lower: undefined, upper: undefined };

/** Values that lose something as soon as they become values of a language. */
const delicateIds: readonly RawValue[] = [
  raw.double(-0),
  raw.doubleBits(0x7ff8_0000_0000_0123n),
  raw.decimal(10n, -1),
  raw.decimal(250n, -2),
  raw.int64(5),
  raw.double(6),
  raw.binary(Buffer.from([1]), 3),
  raw.binary(Buffer.alloc(0), 5),
  raw.symbol('symbol'),
  raw.code('return 1'),
  raw.codeWithScope('return x', [['x', raw.int64(1)]]),
  raw.document([
    ['2', raw.int32(1)],
    ['1', raw.double(1)],
  ]),
  raw.document([['z', raw.document([['__proto__', raw.int32(1)]])]]),
];

describe.skipIf(server === undefined)('changes of a MongoDB server', () => {
  const feeds = useFeeds(server);
  const { openSource, openFeed } = feeds;

  describe.each(['one server', 'driver'] as const)('(%s)', (how) => {
    it.each([
      ['of twelve types', mixedIdDocuments],
      ['that programs like to change', delicateIds.map((id) => rawDocument([['_id', id]]))],
    ])('name each document as it is stored, by _ids %s', async (_, documents) => {
      const source = await openSource(how);
      await feeds.db.createCollection('things');
      const from = await positionOf(source);
      let refused = 0;
      for (const document of documents) {
        const insert = { insert: 'things', documents: [documentMap(document)] };
        const isStored = await feeds.db
          .command(insert)
          .then(({ n }) => n === 1)
          .catch(() => false);
        if (!isStored) refused++;
      }
      // SecantusDB takes no symbol.
      expect(refused).toBeLessThan(2);
      const stored = await readAll(source.readRange('things', everything));
      expect(stored.length).toBe(documents.length - refused);
      const feed = await openFeed(source, from, ['things']);
      const { events } = await readUntilNow(source, feed);
      const ids = events.flatMap((event) => (event.kind === 'document' ? [event.id] : []));
      expect(ids.toSorted(compareIds).map((id) => Buffer.from(id).toString('hex'))).toEqual(
        stored.map(({ position }) => Buffer.from(position).toString('hex')),
      );
    });

    it('come in their order, of the collections asked for', async () => {
      const source = await openSource(how);
      const from = await positionOf(source);
      const [things, others] = [feeds.db.collection('things'), feeds.db.collection('others')];
      await things.insertOne({ _id: 1 as never });
      await others.insertOne({ _id: 1 as never });
      await things.updateOne({ _id: 1 as never }, { $set: { n: 1 } });
      await things.replaceOne({ _id: 1 as never }, { n: 2 });
      await things.deleteOne({ _id: 1 as never });
      const feed = await openFeed(source, from, ['things']);
      const { events, batches } = await readUntilNow(source, feed);
      const documents = events.filter(({ kind }) => kind === 'document');
      expect(documents.map(eventText)).toEqual([
        'insert things',
        'update things',
        'replace things',
        'delete things',
      ]);
      const times = [from, ...batches.map(({ position }) => position)].map(({ clusterTime }) => clusterTime);
      expect(times).toEqual(times.toSorted(compareClusterTimes));
    });

    it('tell of everything that happens to collections, asked for or not', async () => {
      const source = await openSource(how);
      await feeds.db.createCollection('a');
      const from = await positionOf(source);
      await feeds.db.createCollection('b');
      await feeds.db.collection('b').createIndex({ n: 1 });
      await feeds.db.collection('b').dropIndex('n_1');
      await feeds.db.command({ collMod: 'b', validator: {} });
      await feeds.db.collection('b').rename('c');
      await feeds.db.collection('a').rename('c', { dropTarget: true });
      await feeds.db.collection('c').drop();
      const feed = await openFeed(source, from, ['things']);
      const { events } = await readUntilNow(source, feed);
      const seen = events.map(eventText);
      expect(seen).toEqual(expect.arrayContaining(['create b', 'rename b c', 'rename a c', 'drop c']));
      expect(seen).toEqual(expect.arrayContaining(['createIndexes b', 'dropIndexes b', 'modify b']));
      expect(feed.notices()).toEqual([]);
    });

    it('end with the database, and go on after that', async () => {
      const source = await openSource(how);
      await feeds.db.collection('things').insertOne({ _id: 1 as never });
      const from = await positionOf(source);
      await feeds.db.dropDatabase();
      const feed = await openFeed(source, from, ['things']);
      const { events, position } = await readUntilNow(source, feed);
      expect(events.map(eventText)).toEqual(['drop things', 'dropDatabase', 'invalidate']);
      await expect(feed.next()).rejects.toMatchObject({ code: 'source-cursor-lost' });
      await feeds.db.collection('things').insertOne({ _id: 2 as never });
      const after = await readUntilNow(source, await openFeed(source, position, ['things']));
      expect(after.events.map(eventText)).toContain('insert things');
      expect(after.events.map(eventText)).not.toContain('invalidate');
    });

    it('go on after any position with what came after it', async () => {
      const source = await openSource(how);
      await feeds.db.createCollection('things');
      const from = await positionOf(source);
      for (let n = 0; n < 12; n++) await feeds.db.collection('things').insertOne({ _id: n as never });
      const { batches, events } = await readUntilNow(
        source,
        await openFeed(source, from, ['things'], { batchEvents: 5 }),
      );
      expect(events.length).toBe(12);
      expect(Math.max(...batches.map((batch) => batch.events.length))).toBe(5);
      let before = 0;
      for (const batch of batches) {
        for (let index = 0; index <= batch.events.length; index++) {
          const isLast = index === batch.events.length;
          const position = isLast ? batch.position : batch.positionAfter(index);
          const done = before + (isLast ? index : index + 1);
          const again = await readUntilNow(source, await openFeed(source, position, ['things']));
          expect(again.events.map(({ clusterTime }) => clusterTime)).toEqual(
            events.slice(done).map(({ clusterTime }) => clusterTime),
          );
        }
        before += batch.events.length;
      }
    });

    it('begin after a time, without a token', async () => {
      const source = await openSource(how);
      await feeds.db.collection('things').insertOne({ _id: 1 as never });
      const clusterTime = await source.currentTime!();
      await feeds.db.collection('things').insertOne({ _id: 2 as never });
      const { events } = await readUntilNow(
        source,
        await openFeed(source, { clusterTime, resumeToken: undefined }, ['things']),
      );
      expect(events.map(eventText)).toEqual(['insert things']);
      expect(events[0]).toMatchObject({ id: new Uint8Array(rawDocument([['_id', raw.int32(2)]])) });
    });

    it('stop at once when they are told to while nothing happens', async () => {
      const source = await openSource(how);
      await feeds.db.createCollection('things');
      const feed = await openFeed(source, await positionOf(source), ['things'], { waitMs: 600_000 });
      const controller = new AbortController();
      const waiting = feed.next(controller.signal);
      setTimeout(() => controller.abort(), 200);
      await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
      await feed.close();
    });

    it('can be left while more is waited for', async () => {
      const source = await openSource(how);
      await feeds.db.createCollection('things');
      const feed = await openFeed(source, await positionOf(source), ['things'], { waitMs: 600_000 });
      await feeds.db.collection('things').insertOne({ _id: 1 as never });
      expect((await feed.next()).events.length).toBe(1);
      await feed.close();
      await expect(feed.next()).rejects.toMatchObject({ code: 'source-cursor-lost' });
    });
  });

  it('move the position on while nothing happens that is looked for', async () => {
    const source = await openSource('one server');
    const from = await positionOf(source);
    const feed = await openFeed(source, from, ['things']);
    const { position, events } = await readUntilNow(source, feed);
    await feeds.client.db(`${feeds.db.databaseName}_other`).collection('others').insertOne({});
    const later = await readUntilNow(source, feed);
    await feeds.client.db(`${feeds.db.databaseName}_other`).dropDatabase();
    expect([...events, ...later.events]).toEqual([]);
    expect(compareClusterTimes(later.position.clusterTime, position.clusterTime)).toBeGreaterThan(0);
    await feeds.db.collection('things').insertOne({ _id: 1 as never });
    const after = await readUntilNow(source, await openFeed(source, later.position, ['things']));
    expect(after.events.map(eventText)).toContain('insert things');
  });

  it('have a time that is not before what was written', async () => {
    const source = await openSource('one server');
    await feeds.db.createCollection('things');
    const feed = await openFeed(source, await positionOf(source), ['things']);
    let last = '0:0';
    for (let n = 0; n < 20; n++) {
      await feeds.db.collection('things').insertOne({ _id: n as never });
      const now = await source.currentTime!();
      const { events } = await readUntilNow(source, feed);
      expect(events.length).toBe(1);
      expect(compareClusterTimes(events[0]!.clusterTime, now)).toBeLessThanOrEqual(0);
      expect(compareClusterTimes(events[0]!.clusterTime, last)).toBeGreaterThan(0);
      last = now;
    }
  });

  it('are not told of a view, and that is said', async () => {
    await feeds.db.createCollection('things');
    await feeds.db.createCollection('some', { viewOn: 'things', pipeline: [] });
    const source = await openSource('one server');
    const feed = await openFeed(source, await positionOf(source), ['things', 'some']);
    expect(feed.notices()).toEqual([expect.stringMatching(/^"some" is a view/)]);
  });
});
