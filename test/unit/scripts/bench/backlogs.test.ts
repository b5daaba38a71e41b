import { serialize } from 'bson';
import { describe, expect, test } from 'vitest';
import {
  backlogs,
  mostRounds,
  syncCollectionNames,
  syncCollections,
} from '../../../../scripts/bench/sync/backlogs.ts';
import { syncProject } from '../../../../scripts/bench/sync/sync-bench.ts';
import { loadMappings } from '../../../../src/mapping/load-mappings.ts';
import { encodeOutcome, encoderOf, memoryOf } from '../../../support/fast-encoder.ts';

const rounds = Array.from({ length: mostRounds }, (_, round) => round);

/** The `_id` that an operation is about. */
function idOf(operation: object): string {
  const [given] = Object.values(operation) as [{ filter?: { _id: object }; document?: { _id: object } }];
  return String((given.filter ?? given.document)!._id);
}

describe.each(backlogs)('$name', ({ collection, events, operation, name }) => {
  const few = Array.from({ length: Math.min(events, 300) }, (_, index) => index);

  test('is the same for the same seed and round, and another in each round', () => {
    const textOf = (round: number): string => JSON.stringify(few.map((index) => operation(3, round, index)));
    expect(textOf(1)).toBe(textOf(1));
    expect(new Set(rounds.map(textOf)).size).toBe(mostRounds);
  });

  test('is about documents that are there, or are new', () => {
    const { document, documents } = syncCollections[collection];
    const edges = rounds.flatMap((round) => [0, events - 1].map((index) => idOf(operation(1, round, index))));
    const [first, last] = [0, documents - 1].map((index) => String(document(1, index)['_id']));
    for (const id of edges) {
      if (name === 'inserts') expect(id > last!).toBe(true);
      else expect(id >= first! && id <= last!).toBe(true);
    }
  });
});

test('what is deleted is neither updated nor deleted again', () => {
  const ids = (name: string): ReadonlySet<string> => {
    const { operation, events } = backlogs.find((each) => each.name === name)!;
    const places = Array.from({ length: events / 100 }, (_, at) => [at * 100, at * 100 + 99]).flat();
    return new Set(rounds.flatMap((round) => places.map((index) => idOf(operation(1, round, index)))));
  };
  const { events } = backlogs.find(({ name }) => name === 'deletes')!;
  const deleted = ids('deletes');
  expect(deleted.size).toBe((events / 100) * 2 * mostRounds);
  for (const id of ids('small-updates')) expect(deleted.has(id)).toBe(false);
});

test('every collection has a mapping that its documents fit, and that large ones are of 50 KB', async () => {
  const { collections } = await loadMappings({ projectFolder: syncProject });
  expect(collections.map(({ collection }) => collection).toSorted()).toEqual(
    [...syncCollectionNames, 'probes'].toSorted(),
  );
  for (const name of syncCollectionNames) {
    const mapping = collections.find(({ collection }) => collection === name)!;
    const encoder = encoderOf(mapping);
    for (let index = 0; index < 20; index += 1) {
      const bson = Buffer.from(serialize(syncCollections[name].document(1, index)));
      const outcome = encodeOutcome(encoder, mapping, memoryOf(bson));
      if (outcome.kind === 'rejected') expect.fail(`${name}: ${outcome.code} at ${outcome.path}`);
      if (name === 'large') expect(Math.round(bson.length / 10_000)).toBe(5);
    }
  }
});
