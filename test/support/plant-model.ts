import { EJSON } from 'bson';
import { type AnyBulkWriteOperation, type Document, Double } from 'mongodb';
import {
  below,
  misfitOf,
  oneOf,
  type PlantCollection,
  plantCollections,
  plantFields,
  plantId,
  plantLine,
  plantPart,
  type Random,
  uniqueField,
} from './plant-documents.ts';

export interface PlantWrite {
  readonly collection: PlantCollection;
  readonly operation: AnyBulkWriteOperation<Document>;
}

interface Entry {
  /** Only rises, also over a delete. */
  version: number;
  isThere: boolean;
  /** It may hold values that some operators refuse. */
  isOdd: boolean;
  unique: string;
}

const siteCount = 30;
const newEntry = (): Entry => ({ version: 0, isThere: false, isOdd: false, unique: '' });

/** Equal for one `_id` in all its forms, as the driver gives it and as it was written. */
function keyOf(id: unknown): string {
  const plain = id instanceof Double ? id.value : id;
  return typeof plain === 'number' ? `number ${plain}` : EJSON.stringify({ plain }, { relaxed: false });
}

/**
 * Knows what is in the database `plant`, and makes the next writes. What it makes is taken to be done: a caller who
 * does not know whether it was calls `learn`.
 */
export class PlantModel {
  readonly #random: Random;
  readonly #entries: Readonly<Record<PlantCollection, Entry[]>>;
  #uniques = 0;

  /** @param machines how many there may be; twice as many orders */
  constructor(random: Random, machines: number) {
    this.#random = random;
    const entries = (count: number): Entry[] => Array.from({ length: count }, newEntry);
    this.#entries = { sites: entries(siteCount), machines: entries(machines), orders: entries(machines * 2) };
  }

  /** Takes up what the database holds. */
  learn(collection: PlantCollection, documents: readonly Document[]): void {
    const entries = this.#entries[collection];
    const found = new Map(documents.map((document) => [keyOf(document['_id']), document]));
    for (const [n, entry] of entries.entries()) {
      const document = found.get(keyOf(plantId(collection, n, () => 0)));
      entry.isThere = document !== undefined;
      entry.version = Math.max(entry.version, Number(document?.['version'] ?? 0));
    }
  }

  count = (collection: PlantCollection): number => this.#entries[collection].length;
  isThere = (collection: PlantCollection, n: number): boolean => this.#entries[collection][n]!.isThere;
  any = (collection: PlantCollection): number => below(this.#random, this.#entries[collection].length);
  anyCollection = (): PlantCollection => oneOf(this.#random, plantCollections);

  /** The number of one that is not there; a new one when all are. */
  missing(collection: PlantCollection): number {
    const entries = this.#entries[collection];
    const start = this.any(collection);
    for (let step = 0; step < entries.length; step++) {
      const n = (start + step) % entries.length;
      if (!entries[n]!.isThere) return n;
    }
    return entries.push(newEntry()) - 1;
  }

  id = (collection: PlantCollection, n: number): unknown => plantId(collection, n, this.#random);
  #filter = (collection: PlantCollection, n: number): Document => ({ _id: this.id(collection, n) });

  #document(collection: PlantCollection, n: number): Document {
    const entry = this.#entries[collection][n]!;
    const field = uniqueField[collection];
    if (field !== undefined && !entry.isThere) entry.unique = this.newUnique(n);
    Object.assign(entry, { version: entry.version + 1, isThere: true, isOdd: false });
    const machine = this.id('machines', this.any('machines'));
    const drawn = { random: this.#random, site: below(this.#random, siteCount), machine };
    return {
      version: entry.version,
      ...(field === undefined ? {} : { [field]: entry.unique }),
      ...plantFields(collection, drawn),
    };
  }

  newUnique = (n: number): string => `unique ${n}.${this.#uniques++}`;
  uniqueOf = (collection: PlantCollection, n: number): string => this.#entries[collection][n]!.unique;

  insert(collection: PlantCollection, n: number, more: Document = {}): PlantWrite {
    const filter = this.#filter(collection, n);
    const document = { ...this.#document(collection, n), ...more };
    const kind = this.#random();
    if (kind < 0.6) return { collection, operation: { insertOne: { document: { ...filter, ...document } } } };
    if (kind < 0.8) {
      return { collection, operation: { updateOne: { filter, update: { $set: document }, upsert: true } } };
    }
    return { collection, operation: { replaceOne: { filter, replacement: document, upsert: true } } };
  }

  replace(collection: PlantCollection, n: number): PlantWrite {
    const replacement = this.#document(collection, n);
    return { collection, operation: { replaceOne: { filter: this.#filter(collection, n), replacement } } };
  }

  remove(collection: PlantCollection, n: number): PlantWrite {
    this.#entries[collection][n]!.isThere = false;
    return { collection, operation: { deleteOne: { filter: this.#filter(collection, n) } } };
  }

  update(collection: PlantCollection, n: number, { $set, $inc, ...others }: Document): PlantWrite {
    const version = ++this.#entries[collection][n]!.version;
    const update =
      $inc === undefined ? { $set: { ...$set, version }, ...others } : { $inc: { ...$inc, version: 1 } };
    return { collection, operation: { updateOne: { filter: this.#filter(collection, n), update } } };
  }

  setUnique(collection: 'sites' | 'machines', n: number, value: string): PlantWrite {
    this.#entries[collection][n]!.unique = value;
    return this.update(collection, n, { $set: { [uniqueField[collection]]: value } });
  }

  makeMisfit(collection: PlantCollection, n: number): PlantWrite {
    this.#entries[collection][n]!.isOdd = true;
    return this.update(collection, n, { $set: misfitOf(collection, this.#random) });
  }

  /** By one of the update operators. */
  touch(collection: PlantCollection, n: number): PlantWrite {
    const random = this.#random;
    const kind = below(random, 5);
    if (kind === 0 && collection !== 'sites' && !this.#entries[collection][n]!.isOdd) {
      const site = below(random, siteCount);
      const item = collection === 'machines' ? plantPart(random) : plantLine(random, site);
      const list = collection === 'machines' ? 'parts' : 'lines';
      return this.update(collection, n, { $push: { [list]: { $each: [item], $slice: -6 } } });
    }
    if (kind === 1)
      return this.update(collection, n, { $unset: { [oneOf(random, ['power', 'note', 'tags'])]: '' } });
    if (kind === 2) return this.update(collection, n, { $inc: { hits: 1 } });
    const drawn = {
      random,
      site: below(random, siteCount),
      machine: this.id('machines', this.any('machines')),
    };
    return this.update(collection, n, { $set: plantFields(collection, drawn) });
  }

  /** Makes every document one that can be loaded. */
  mend(collection: PlantCollection): readonly PlantWrite[] {
    return [...this.#entries[collection].entries()].flatMap(([n, entry]) => {
      if (!entry.isThere) return collection === 'sites' ? [this.insert(collection, n)] : [];
      entry.unique = this.newUnique(n);
      return [this.replace(collection, n)];
    });
  }

  /** Whatever may happen to a document: it comes, changes, or goes. */
  change(collection: PlantCollection, n: number): PlantWrite {
    if (!this.isThere(collection, n)) return this.insert(collection, n);
    const kind = this.#random();
    if (n > 0 && kind < (collection === 'sites' ? 0.05 : 0.15)) return this.remove(collection, n);
    return kind < 0.3 ? this.replace(collection, n) : this.touch(collection, n);
  }
}
