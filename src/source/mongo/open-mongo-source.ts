import { type Document, MongoClient, type MongoClientOptions } from 'mongodb';
import { DocrowError } from '../../errors/docrow-error.ts';
import { chooseDatabase } from '../choose-database.ts';
import type { DocumentSource, SourceAddress } from '../document-source.ts';
import { parseClusterTime } from './cluster-time.ts';
import { insecureNotices } from './insecure-notices.ts';
import type { MongoConnection } from './mongo-connection.ts';
import { MongoSource } from './mongo-source.ts';
import { redactUri } from './redact-uri.ts';
import { toMongoError } from './to-mongo-error.ts';

/** MongoDB 4.4, the oldest version whose `find` and index bounds are known to be right here. */
const oldestWireVersion = 9;

/**
 * Connects to a MongoDB server, replica set or sharded cluster.
 * @throws DocrowError `settings-invalid`, `source-unreachable`, `source-denied`, `source-not-found`,
 *   `source-ambiguous`, `source-refused`
 */
export async function openMongoSource(address: SourceAddress & { kind: 'mongo' }): Promise<DocumentSource> {
  const place = redactUri(address.uri);
  let client: MongoClient | undefined;
  try {
    client = createClient(address.uri, place);
    await client.connect();
    const hello = await client.db('admin').command({ hello: 1 });
    const connection: MongoConnection = {
      client,
      database: await findDatabase(client, address.database, place),
      wireVersion: wireVersionOf(hello),
      oneServer: isOneServer(client, hello),
      deployment: deploymentOf(hello),
      afterClusterTime:
        address.afterClusterTime === undefined ? undefined : parseClusterTime(address.afterClusterTime),
    };
    return new MongoSource(connection, hello, insecureNotices(client));
  } catch (error) {
    await client?.close().catch(() => {});
    throw toMongoError(error, { source: place });
  }
}

/** @throws DocrowError `settings-invalid` */
function createClient(uri: string, place: string): MongoClient {
  try {
    return new MongoClient(uri, clientOptions(uri));
  } catch (error) {
    // The parser of URIs has errors of its own, whose text may repeat a password.
    throw new DocrowError(
      'settings-invalid',
      `The MongoDB URI ${place} is not valid`,
      { source: place },
      error,
    );
  }
}

/** What the URI says goes before these. */
function clientOptions(uri: string): MongoClientOptions {
  const says = (option: string): boolean => new RegExp(`[?&]${option}=`, 'i').test(uri);
  return {
    monitorCommands: false,
    ...(says('appName') ? {} : { appName: 'docrow' }),
    ...(says('serverSelectionTimeoutMS') ? {} : { serverSelectionTimeoutMS: 10_000 }),
    ...(says('connectTimeoutMS') ? {} : { connectTimeoutMS: 10_000 }),
  };
}

async function findDatabase(client: MongoClient, named: string | undefined, place: string): Promise<string> {
  // A named one is not looked for: the user may lack the right to list databases.
  if (named !== undefined) return named;
  const { databases } = await client
    .db('admin')
    .admin()
    .listDatabases({ nameOnly: true, authorizedDatabases: true });
  return chooseDatabase(
    databases.map(({ name }) => name),
    undefined,
    place,
  );
}

function wireVersionOf(hello: Document): number {
  const version = Number(hello['maxWireVersion']);
  if (version >= oldestWireVersion) return version;
  throw new DocrowError('source-refused', 'The MongoDB server is older than 4.4', { wireVersion: version });
}

function isOneServer(client: MongoClient, hello: Document): boolean {
  const { directConnection, loadBalanced, hosts, srvHost } = client.options;
  if (directConnection) return true;
  if (loadBalanced) return false;
  if (hello['msg'] === 'isdbgrid') return hosts.length === 1 && srvHost === undefined;
  return client.readPreference.mode === 'primary';
}

function deploymentOf(hello: Document): MongoConnection['deployment'] {
  if (hello['msg'] === 'isdbgrid') return 'sharded';
  return typeof hello['setName'] === 'string' ? 'replica-set' : 'standalone';
}
