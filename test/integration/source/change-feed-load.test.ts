import { describe, expect, it } from 'vitest';
import { compareClusterTimes } from '../../../src/source/change-feed.ts';
import { eventText, positionOf, readUntilNow } from '../../support/feed-events.ts';
import { startMongoServerOrSkip } from '../../support/mongo-server.ts';
import { useFeeds } from '../../support/use-feeds.ts';

const server = await startMongoServerOrSkip();

describe.skipIf(server === undefined)('changes that are large or many', () => {
  const feeds = useFeeds(server);
  const { openSource, openFeed } = feeds;

  describe.each(['one server', 'driver'] as const)('(%s)', (how) => {
    it('of large documents are small', async () => {
      const source = await openSource(how);
      const from = await positionOf(source);
      const things = feeds.db.collection('things');
      const text = 'x'.repeat(15_000_000);
      await things.insertOne({ _id: 1 as never, text });
      await things.updateOne({ _id: 1 as never }, { $set: { text: `${text}y` } });
      await things.updateOne({ _id: 1 as never }, { $set: { n: 1 } });
      const feed = await openFeed(source, from, ['things']);
      const { events } = await readUntilNow(source, feed);
      const documents = events.filter(({ kind }) => kind === 'document');
      expect(documents.map(eventText)).toEqual(['insert things', 'update things', 'update things']);
    });

    it('of one document that changes again and again come one by one', async () => {
      const source = await openSource(how);
      const from = await positionOf(source);
      const update = { updateOne: { filter: { _id: 1 as never }, update: { $inc: { n: 1 } }, upsert: true } };
      for (let part = 0; part < 10; part++) {
        await feeds.db.collection('things').bulkWrite(Array.from({ length: 1000 }, () => update));
      }
      const { events, batches } = await readUntilNow(source, await openFeed(source, from, ['things']));
      expect(events.filter(({ kind }) => kind === 'document').length).toBe(10_000);
      expect(Math.max(...batches.map((batch) => batch.events.length))).toBe(1000);
    });

    it('of one transaction can be left in the middle, and positions do not claim the rest', async () => {
      const source = await openSource(how);
      await feeds.db.createCollection('things');
      const from = await positionOf(source);
      await feeds.client.withSession((session) =>
        session.withTransaction(async () => {
          for (let n = 0; n < 5; n++)
            await feeds.db.collection('things').insertOne({ _id: n as never }, { session });
        }),
      );
      const feed = await openFeed(source, from, ['things'], { batchEvents: 2 });
      const { events, batches } = await readUntilNow(source, feed);
      expect(events.length).toBe(5);
      const times = [...new Set(events.map(({ clusterTime }) => clusterTime))];
      // SecantusDB gives each of them a time of its own.
      const [time, cut] = times.length === 1 ? [times[0]!, 0] : [times[1]!, 1];
      expect(compareClusterTimes(batches[0]!.position.clusterTime, time)).toBeLessThan(0);
      expect(compareClusterTimes(batches[0]!.positionAfter(cut).clusterTime, time)).toBeLessThan(0);
      const again = await readUntilNow(
        source,
        await openFeed(source, batches[0]!.positionAfter(0), ['things']),
      );
      expect(again.events.length).toBe(4);
    });
  });
});
