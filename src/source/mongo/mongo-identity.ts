import type { Document, MongoClient } from 'mongodb';
import { mongoErrorKind } from './error-kind.ts';

/**
 * Names a deployment by what outlives restarts, elections and changes of its members.
 *
 * A replica set has an id made at random when it was set up, a sharded cluster too; both may be hidden from a user
 * with no more than the role `read`, and a lone server has neither. Then the name of the set has to do. Hosts are
 * left out on purpose, since one deployment can be reached by several names.
 */
export async function deploymentId(client: MongoClient, hello: Document): Promise<string> {
  if (hello['msg'] === 'isdbgrid') {
    const version = await unlessDenied(() => client.db('config').collection('version').findOne());
    const clusterId: unknown = version?.['clusterId'];
    return clusterId === undefined ? 'sharded' : `sharded:${clusterId}`;
  }
  const setName: unknown = hello['setName'];
  if (typeof setName !== 'string') return 'standalone';
  const answer = await unlessDenied(() => client.db('admin').command({ replSetGetConfig: 1 }));
  const replicaSetId: unknown = answer?.['config']?.settings?.replicaSetId;
  return replicaSetId === undefined ? `set:${setName}` : `set:${setName}:${replicaSetId}`;
}

/** Undefined when the server refuses, for whatever reason; throws when it cannot be reached. */
async function unlessDenied(ask: () => Promise<Document | null>): Promise<Document | undefined> {
  try {
    return (await ask()) ?? undefined;
  } catch (error) {
    const kind = mongoErrorKind(error);
    if (kind === 'denied' || kind === 'other') return undefined;
    throw error;
  }
}
