import { afterEach, expect, test, vi } from 'vitest';
import type { CollectionMapping } from '../../../src/mapping/mapping.ts';
import { columnOf, mappingOf, pathSource } from '../../support/plain-conversion.ts';
import { type RawField, raw, rawDocument } from '../../support/raw-bson.ts';
import { roundTrip } from '../../support/round-trip.ts';

afterEach(() => vi.restoreAllMocks());

/** How often bytes of the document are cut out, read as text or compared, until it is converted and made again. */
function looksAt(document: Buffer, mapping: CollectionMapping): number {
  const spies = (['subarray', 'toString', 'equals'] as const).map((name) => vi.spyOn(Buffer.prototype, name));
  expect(roundTrip(document, mapping)).toMatchObject({ verdict: 'equal', problems: [] });
  const looks = spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  vi.restoreAllMocks();
  return looks;
}

const id = columnOf('bigint', { name: 'id', from: [pathSource('_id')], required: true });
const fields = (count: number): RawField[] =>
  Array.from({ length: count }, (_, n): RawField => [`f${n}`, raw.int32(n)]);
const columns = (count: number, ...path: string[]) =>
  Array.from({ length: count }, (_, n) =>
    columnOf('integer', { name: `c${n}`, from: [pathSource(...path, `f${n}`)] }),
  );
const withId = (...more: RawField[]): Buffer => rawDocument([['_id', raw.int64(1)], ...more]);
const given = { rest: { name: 'rest' } };

test.each<[string, (count: number) => number]>([
  ['fields without a column', (count) => looksAt(withId(...fields(count)), mappingOf([id], given))],
  [
    'fields with a column each',
    (count) => looksAt(withId(...fields(count)), mappingOf([id, ...columns(count)], given)),
  ],
  [
    'fields with a column each, in a sub-document',
    (count) =>
      looksAt(withId(['sub', raw.document(fields(count))]), mappingOf([id, ...columns(count, 'sub')], given)),
  ],
])('of twice as many %s about twice as much is looked at', (_, looks) => {
  expect(looks(400)).toBeLessThan(2.2 * looks(200));
});
