import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Db, MongoClient } from 'mongodb';

/** Writes what a database holds now as a dump folder, by the driver and no code of docrow. */
export async function dumpDatabase(uri: string, database: string): Promise<DumpedDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'docrow-dumped-'));
  mkdirSync(join(folder, database));
  await withDatabase(uri, database, async (db) => {
    for (const { name } of await db.listCollections().toArray()) {
      const documents = (await db.collection(name).find({}, { raw: true }).toArray()) as unknown as Buffer[];
      writeFileSync(join(folder, database, `${encodeURIComponent(name)}.bson`), Buffer.concat(documents));
    }
  });
  return {
    folder: join(folder, database),
    source: folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface DumpedDatabase {
  /** Holds `<collection>.bson`. */
  readonly folder: string;
  readonly source: string;
  remove(): void;
}

export async function withDatabase<T>(
  uri: string,
  database: string,
  use: (db: Db) => Promise<T>,
): Promise<T> {
  const client = new MongoClient(uri);
  try {
    return await use(client.db(database));
  } finally {
    await client.close();
  }
}
