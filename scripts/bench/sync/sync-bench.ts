import { fileURLToPath } from 'node:url';
import { type Document, MongoClient } from 'mongodb';
import { type Docrow, runMeasured } from '../docrow-loads.ts';
import type { LiveServer } from '../live-server.ts';
import type { ScratchPostgres } from '../scratch-postgres.ts';
import { databaseName } from '../write-dump-file.ts';
import { type SyncCollection, syncCollectionNames, syncCollections } from './backlogs.ts';
import type { SyncSample } from './sync-samples.ts';

export const syncProject = fileURLToPath(new URL('../project-of-sync', import.meta.url));
const tables = ['order_lines', 'orders', 'nested', 'large', 'probes'];
const documentsPerWrite = 1_000;
/** Of a few megabytes, whatever the documents are. */
const largePerWrite = 50;

export interface SyncBenchParts {
  readonly postgres: ScratchPostgres;
  readonly docrow: Docrow;
  readonly server: LiveServer;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly onNote: (text: string) => void;
}

interface SyncReport {
  readonly totals: { readonly seconds: number; readonly events: number };
}

/** The collections on the server, the tables, and the commands that bring these in step with those. */
export class SyncBench {
  readonly parts: SyncBenchParts;
  readonly #client: MongoClient;

  constructor(parts: SyncBenchParts) {
    this.parts = parts;
    this.#client = new MongoClient(parts.server.uri);
  }

  collection(name: SyncCollection | 'probes') {
    return this.#client.db(databaseName).collection<Document>(name);
  }

  /** Puts the documents into new collections; all others are there and empty. */
  async fill(names: readonly SyncCollection[]): Promise<void> {
    const { server, seed, signal } = this.parts;
    for (const name of syncCollectionNames) {
      const { document, documents } = syncCollections[name];
      await server.fill({ name, document }, names.includes(name) ? documents : 0, seed, signal);
    }
    const database = this.#client.db(databaseName);
    const there = new Set((await database.listCollections().toArray()).map(({ name }) => name));
    for (const name of [...syncCollectionNames, 'probes']) {
      if (!there.has(name)) await database.createCollection(name);
    }
  }

  /** Loads all tables from nothing. @returns seconds of the whole process */
  async load(): Promise<number> {
    await this.parts.postgres.reset(tables);
    return (await this.#run(['migrate', '--no-validate'])).seconds;
  }

  /** `docrow sync --once` */
  async syncOnce(...args: readonly string[]): Promise<SyncSample> {
    const { seconds, output, usage } = await this.#run(['sync', '--once', ...args]);
    const { totals } = JSON.parse(output) as SyncReport;
    return { seconds, reportedSeconds: totals.seconds, events: totals.events, ...usage };
  }

  /** `docrow sync --follow`, until the signal. */
  async follow(interrupt: AbortSignal): Promise<void> {
    await this.#run(['sync', '--follow'], interrupt);
  }

  /** @throws Error when both sides are not the same */
  async requireMatch(after: string): Promise<void> {
    const { output } = await this.#run(['validate']);
    const { verdict } = JSON.parse(output) as { verdict: string };
    if (verdict !== 'match') throw new Error(`After ${after} docrow validate says ${verdict}`);
  }

  #run(args: readonly string[], interrupt?: AbortSignal) {
    const { docrow, server } = this.parts;
    return runMeasured(docrow, server.uri, [...args, '--dir', syncProject], interrupt);
  }

  /** Makes so many changes at once as fit into an answer of few megabytes. */
  async write(
    name: SyncCollection,
    count: number,
    operation: (index: number) => Parameters<ReturnType<SyncBench['collection']>['bulkWrite']>[0][number],
  ): Promise<void> {
    const { signal } = this.parts;
    const perWrite = name === 'large' ? largePerWrite : documentsPerWrite;
    for (let start = 0; start < count; start += perWrite) {
      signal.throwIfAborted();
      const length = Math.min(perWrite, count - start);
      await this.collection(name).bulkWrite(Array.from({ length }, (_, at) => operation(start + at)));
    }
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}
