import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MongoServer, startMongoServerOrSkip } from '../support/mongo-server.ts';
import { SyncCampaign } from '../support/sync-campaign.ts';

/** Shows that a server can be had; the campaign restarts one of its own. */
const probe: MongoServer | undefined = await startMongoServerOrSkip();
await probe?.stop();

/** One story, from the first copy to the switch: each test goes on where the last one ended. */
describe.skipIf(probe === undefined)('in step with a source that is written to 500 times a second', () => {
  let campaign: SyncCampaign;

  beforeAll(async () => {
    campaign = await SyncCampaign.open({ seed: 7, perSecond: 500, machines: 150 });
  });
  afterAll(() => campaign.close());

  test('from before the copy on', async () => {
    await campaign.begin();
    expect(campaign.problems).toEqual([]);
  });

  test.each(['mid-sync:2', 'after-sync:1', 'mid-refresh:3', 700])('killed at %s', async (when) => {
    await campaign.killed(when);
    expect(campaign.problems).toEqual([]);
  });

  test('over lost connections, restarts of both servers, and others beside it, until SIGTERM', async () => {
    await campaign.disturbed(['cut-postgres', 'restart-mongo', 'cut-mongo', 'restart-postgres', 'others']);
    expect(campaign.problems).toEqual([]);
  });

  test('equal in every document when the writes end, and no version ever went back', async () => {
    await campaign.finish();
    expect(campaign.problems).toEqual([]);
  });

  test('writes nothing when nothing happens, however often it is called', async () => {
    await campaign.repeat(10);
    expect(campaign.problems).toEqual([]);
  });

  test('is over after the switch', async () => {
    await campaign.switchOver();
    expect(campaign.problems).toEqual([]);
  });
});
