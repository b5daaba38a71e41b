import { setTimeout as pause } from 'node:timers/promises';
import { type AnyBulkWriteOperation, type ClientSession, type Document, MongoClient } from 'mongodb';
import { seededRandom } from './kill-campaign.ts';
import { below, oneOf, type PlantCollection } from './plant-documents.ts';
import { PlantModel, type PlantWrite } from './plant-model.ts';
import { plantDatabase } from './plant-project.ts';

export interface WriterOptions {
  readonly uri: string;
  readonly seed: number;
  /** Operations; fewer where the server does not manage so many. */
  readonly perSecond?: number;
  /** Machines; twice as many orders. */
  readonly machines?: number;
}

type Way = 'single' | 'bulk' | 'transaction';

const names = ['sites', 'machines', 'orders'] as const;
/** This machine is written more often than all others. */
const hot = 0;
/** A writer that is further behind does not catch up. */
const mostBehind = 500;

/**
 * Writes to the database `plant` as an application does that knows no rest: the same operations in the same order for
 * the same seed, as long as the server is there; when it comes back, from what it holds. Each write of a document raises
 * its `version`.
 */
export class SeededWriter {
  /** Write operations so far. */
  operations = 0;
  readonly #client: MongoClient;
  readonly #random: () => number;
  /** Operations; it may be changed while it writes. */
  perSecond: number;
  readonly #model: PlantModel;
  /** To be written when so many operations were made. */
  #later: { readonly at: number; readonly make: () => readonly PlantWrite[] }[] = [];
  #working: Promise<void> | undefined;
  #isStopping = false;

  constructor({ uri, seed, perSecond = 500, machines = 300 }: WriterOptions) {
    this.#client = new MongoClient(uri, { serverSelectionTimeoutMS: 2_000, retryWrites: false });
    this.#random = seededRandom(seed);
    this.perSecond = perSecond;
    this.#model = new PlantModel(this.#random, machines);
  }

  /** Inserts nine tenths of the documents. */
  async fill(): Promise<void> {
    const model = this.#model;
    for (const collection of names) {
      const numbers = Array.from({ length: model.count(collection) }, (_, n) => n);
      const writes = numbers.filter((n) => n % 10 !== 9).map((n) => model.insert(collection, n));
      await this.#write(writes, 'bulk');
    }
  }

  start(): void {
    this.#isStopping = false;
    this.#working = this.#work();
    // It is thrown by `stop`.
    this.#working.catch(() => {});
  }

  /** Ends after the operation at hand. What does not fit stays so. Throws what stopped it before. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#working;
  }

  /** Makes so many operations, as fast as can be. */
  async run(operations: number): Promise<void> {
    const end = this.operations + operations;
    while (this.operations < end) await this.#step();
  }

  /** Makes every document one that can be loaded. */
  async mend(): Promise<void> {
    this.#later = [];
    for (const collection of names) await this.#write(this.#model.mend(collection), 'bulk');
  }

  async close(): Promise<void> {
    this.#isStopping = true;
    await this.#working?.catch(() => {});
    await this.#client.close();
  }

  async #work(): Promise<void> {
    let due = 0;
    for (let last = performance.now(); !this.#isStopping; ) {
      const now = performance.now();
      due = Math.min(mostBehind, due + ((now - last) / 1000) * this.perSecond);
      last = now;
      const before = this.operations;
      if (due >= 1) await this.#stepOrWait();
      else await pause(5);
      due -= this.operations - before;
    }
  }

  /** Where the server is away for a while, waits, and looks at what became of the last operation. */
  async #stepOrWait(): Promise<void> {
    try {
      await this.#step();
    } catch (error) {
      if (!isAway(error)) throw error;
      while (!this.#isStopping && !(await this.#learn())) await pause(100);
    }
  }

  async #learn(): Promise<boolean> {
    try {
      for (const collection of names) {
        const found = this.#client
          .db(plantDatabase)
          .collection(collection)
          .find({}, { projection: { version: 1 } });
        this.#model.learn(collection, await found.toArray());
      }
      return true;
    } catch (error) {
      if (!isAway(error)) throw error;
      return false;
    }
  }

  async #step(): Promise<void> {
    const model = this.#model;
    const next = this.#later.findIndex(({ at }) => at <= this.operations);
    if (next >= 0) {
      const [{ make } = { make: () => [] }] = this.#later.splice(next, 1);
      return this.#write(make());
    }
    const kind = this.#random();
    if (kind < 0.1) return this.#write([model.touch('machines', hot)]);
    if (kind < 0.15) return this.#write(this.#several(), 'bulk');
    if (kind < 0.2) return this.#write(this.#pair(), 'transaction');
    if (kind < 0.23) return this.#write(this.#swap(), oneOf(this.#random, ['single', 'transaction']));
    if (kind < 0.245) return this.#write(this.#misfit());
    if (kind < 0.255) return this.#write(this.#duplicate());
    if (kind < 0.275) return this.#write(this.#lateReference());
    const collection = model.anyCollection();
    return this.#write([model.change(collection, model.any(collection))]);
  }

  #several(): readonly PlantWrite[] {
    const collection = this.#model.anyCollection();
    const count = 2 + below(this.#random, 12);
    return Array.from({ length: count }, () => this.#model.change(collection, this.#model.any(collection)));
  }

  /** An order, and the machine that it is for. */
  #pair(): readonly PlantWrite[] {
    const [order, machine] = [this.#model.missing('orders'), this.#model.missing('machines')];
    const more = { machine: this.#model.id('machines', machine) };
    return [this.#model.insert('orders', order, more), this.#model.insert('machines', machine)];
  }

  /** An order for a machine that comes some time later. */
  #lateReference(): readonly PlantWrite[] {
    const [order, machine] = [this.#model.missing('orders'), this.#model.missing('machines')];
    this.#in(300, () =>
      this.#model.isThere('machines', machine) ? [] : [this.#model.insert('machines', machine)],
    );
    return [this.#model.insert('orders', order, { machine: this.#model.id('machines', machine) })];
  }

  /** Two or three documents exchange their unique values. */
  #swap(): readonly PlantWrite[] {
    const { collection, numbers } = this.#withUnique(2 + below(this.#random, 2));
    const values = numbers.map((n) => this.#model.uniqueOf(collection, n));
    return numbers.map((n, at) => this.#model.setUnique(collection, n, values[(at + 1) % values.length]!));
  }

  /** Has the unique value of another one for some time. */
  #duplicate(): readonly PlantWrite[] {
    const { collection, numbers } = this.#withUnique(2);
    const [a, b] = numbers;
    if (a === undefined || b === undefined) return [];
    const model = this.#model;
    this.#in(600, () =>
      model.isThere(collection, a) ? [model.setUnique(collection, a, model.newUnique(a))] : [],
    );
    return [model.setUnique(collection, a, model.uniqueOf(collection, b))];
  }

  #withUnique(count: number) {
    const collection = oneOf(this.#random, ['sites', 'machines'] as const);
    const drawn = Array.from({ length: count }, () => this.#model.any(collection));
    return { collection, numbers: [...new Set(drawn)].filter((n) => this.#model.isThere(collection, n)) };
  }

  /** Does not fit the mapping for some time. */
  #misfit(): readonly PlantWrite[] {
    const model = this.#model;
    const collection = model.anyCollection();
    const n = model.any(collection);
    if (!model.isThere(collection, n)) return [];
    this.#in(500, () => (model.isThere(collection, n) ? [model.replace(collection, n)] : []));
    return [model.makeMisfit(collection, n)];
  }

  #in(operations: number, make: () => readonly PlantWrite[]): void {
    this.#later.push({ at: this.operations + below(this.#random, operations), make });
  }

  async #write(writes: readonly PlantWrite[], way: Way = 'single'): Promise<void> {
    this.operations += writes.length;
    const [first] = writes;
    if (first === undefined) return;
    if (way === 'bulk')
      await this.#bulk(
        first.collection,
        writes.map(({ operation }) => operation),
      );
    else if (way === 'single') for (const write of writes) await this.#one(write);
    else {
      await this.#client.withSession((session) =>
        session.withTransaction(async () => {
          for (const write of writes) await this.#one(write, session);
        }),
      );
    }
  }

  #bulk = (collection: PlantCollection, operations: readonly AnyBulkWriteOperation<Document>[]) =>
    this.#client
      .db(plantDatabase)
      .collection(collection)
      .bulkWrite([...operations]);

  /** By the command of its own that each operation has. */
  async #one({ collection: name, operation }: PlantWrite, session?: ClientSession): Promise<void> {
    const collection = this.#client.db(plantDatabase).collection<Document>(name);
    const options = session === undefined ? {} : { session };
    if ('insertOne' in operation) await collection.insertOne(operation.insertOne.document, options);
    else if ('deleteOne' in operation) await collection.deleteOne(operation.deleteOne.filter, options);
    else if ('replaceOne' in operation) {
      const { filter, replacement, upsert = false } = operation.replaceOne;
      await collection.replaceOne(filter, replacement, { ...options, upsert });
    } else if ('updateOne' in operation) {
      const { filter, update, upsert = false } = operation.updateOne;
      await collection.updateOne(filter, update, { ...options, upsert });
    }
  }
}

/** The server was stopped, or cannot be reached. */
function isAway(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^Mongo(Network|ServerSelection|NotConnected|PoolCleared|TopologyClosed)/.test(error.name)
  );
}
