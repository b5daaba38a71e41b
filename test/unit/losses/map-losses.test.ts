import { describe, expect, test } from 'vitest';
import { LossTally } from '../../../src/losses/loss-tally.ts';
import { columnOf, mappingOf } from '../../support/plain-conversion.ts';
import { type RawField, raw, rawDocument, viewOf } from '../../support/raw-bson.ts';

describe('keys of a map', () => {
  const tally = new LossTally({ ...mappingOf([columnOf('jsonb')]), idColumn: undefined });
  const key = (name: string): RawField => [name, raw.document([['n', raw.double(1)]])];
  for (const fields of [[key('a'), key('b')], [key('b'), key('c')], [], [key('d')]]) {
    const document = rawDocument([['v', raw.document([['m', raw.document(fields)]])]]);
    tally.count(document, viewOf(document), 0);
  }

  test('are told as one, with each document once', () => {
    const isMap = (keys: readonly string[]): boolean => keys.join('.') === 'v.m';
    expect(tally.declaredLosses(isMap)).toEqual([{ path: 'v.m.*.n', kind: 'number-type', documents: 3 }]);
  });

  test('of fields stand for themselves', () => {
    expect(tally.declaredLosses()).toEqual(
      [
        ['a', 1],
        ['b', 2],
        ['c', 1],
        ['d', 1],
      ].map(([name, documents]) => ({ path: `v.m.${name}.n`, kind: 'number-type', documents })),
    );
  });

  test('of a map in a map concern no more documents than there are', () => {
    const isMap = (keys: readonly string[]): boolean => keys.length > 0;
    expect(tally.declaredLosses(isMap)).toEqual([{ path: 'v.*.*.*', kind: 'number-type', documents: 4 }]);
  });
});
