// Writes small changes at an even pace, and between them documents whose writes are timed.
// Arguments: database, changes per second, seconds, seed, number of the first timed document. Environment: SOURCE.
// Prints one JSON object; see SteadyWrites.
import { setTimeout as pause } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { nestedDocument } from '../nested-document.ts';

/** What the program prints. */
export interface SteadyWrites {
  readonly changes: number;
  readonly seconds: number;
  /** When each timed document was acknowledged, in order: milliseconds since 1970. */
  readonly acknowledged: readonly number[];
}

const documents = 10_000;
const writesPerSecond = 50;
const probesPerSecond = 10;

const [database = '', ...numbers] = process.argv.slice(2);
const [perSecond = 0, seconds = 0, seed = 0, firstProbe = 0] = numbers.map(Number);
const client = new MongoClient(process.env['SOURCE'] ?? '');
const ids = Array.from({ length: documents }, (_, index) => nestedDocument(seed, index)['_id']);
const nested = client.db(database).collection('nested');
const probes = client.db(database).collection<{ readonly _id: number }>('probes');
const perWrite = Math.max(1, Math.round(perSecond / writesPerSecond));
const acknowledged: number[] = [];
let changes = 0;
const startedAt = performance.now();
const elapsed = (): number => (performance.now() - startedAt) / 1000;

while (elapsed() < seconds) {
  const write = Array.from({ length: perWrite }, (_, at) => ({
    updateOne: {
      filter: { _id: ids[(changes + at) % documents]! },
      update: { $set: { retry_count: 1_000_000 + changes + at } },
    },
  }));
  await nested.bulkWrite(write, { ordered: true });
  changes += perWrite;
  if (elapsed() * probesPerSecond >= acknowledged.length) {
    await probes.insertOne({ _id: firstProbe + acknowledged.length });
    acknowledged.push(Date.now());
  }
  const early = changes / perSecond - elapsed();
  if (early > 0) await pause(early * 1000);
}
const written: SteadyWrites = { changes, seconds: elapsed(), acknowledged };
await client.close();
console.log(JSON.stringify(written));
