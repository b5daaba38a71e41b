import { ObjectId } from 'bson';
import { describe, expect, it } from 'vitest';
import type { ColumnMapping } from '../../../src/mapping/mapping.ts';
import type { Transform } from '../../../src/mapping/transform.ts';
import { type ComparableOutcome, encodeFields, plainOutcome } from '../../support/fast-encoder.ts';
import { adjustedRow, columnOf, mappingOf, row } from '../../support/plain-conversion.ts';
import { nestedDocument, type RawField, raw, rawDocument } from '../../support/raw-bson.ts';

const rejected = (code: string, path: string) => ({ kind: 'rejected', code, path });

/** What both make of it, which has to be the same. */
function transformed(
  transform: Transform,
  fields: readonly RawField[],
  type: string,
  given: Partial<ColumnMapping> = {},
): ComparableOutcome {
  const mapping = mappingOf([columnOf(type, { transform: 'f', ...given })], { rest: { name: 'rest' } });
  const transforms = new Map([['f', transform]]);
  const outcome = encodeFields(fields, mapping, transforms);
  expect(outcome).toEqual(plainOutcome(rawDocument(fields), mapping, transforms));
  return outcome;
}

const five: RawField[] = [['v', raw.int32(5)]];

describe('a transform', () => {
  it.each<[Transform, string, string]>([
    [(value) => value, 'integer', '5'],
    [() => 2 ** 40, 'bigint', '1099511627776'],
    [() => -0, 'double precision', '-0'],
    [() => 2n ** 63n - 1n, 'bigint', '9223372036854775807'],
    [() => true, 'boolean', 'true'],
    [() => new Date(8.64e15), 'timestamptz', '275760-09-13 00:00:00+00'],
    [() => Uint8Array.of(1), 'bytea', '\\x01'],
    [() => new ObjectId('65a1b2c3d4e5f60718293a4b'), 'text', '65a1b2c3d4e5f60718293a4b'],
    [() => [1, null], 'integer[]', '{"1",NULL}'],
    [() => ({ a: { ['__proto__']: 1 } }), 'jsonb', '{"a":{"__proto__":1}}'],
    [() => 'ü'.repeat(200_000), 'text', 'ü'.repeat(200_000)],
  ])('gives a value like any other: %#', (transform, type, text) => {
    expect(transformed(transform, five, type)).toEqual(row(text, null));
  });

  it.each<[string, Transform]>([
    ['throws', () => JSON.parse('{')],
    [
      'throws what a full buffer throws',
      () => {
        throw new RangeError('On purpose');
      },
    ],
    ['gives half a character', () => '\ud800'],
    ['gives an integer over 64 bits', () => 2n ** 63n],
    ['gives an invalid date', () => new Date(Number.NaN)],
    ['gives a function', () => (() => 1) as never],
    ['gives half a character within', () => ({ a: ['\udfff'] })],
  ])('that %s sets the document aside, whatever the policy for mismatches', (_name, transform) => {
    for (const mismatch of ['reject', 'null', 'rest'] as const) {
      expect(transformed(transform, five, 'jsonb', { mismatch })).toEqual(rejected('transform-failed', 'v'));
    }
  });

  it('may find the value missing, null and undefined, and its undefined takes the default', () => {
    const seen: unknown[] = [];
    const note: Transform = (value) => {
      seen.push(value);
      return undefined;
    };
    for (const fields of [[], [['v', raw.null()]], [['v', raw.undefined()]]] as RawField[][]) {
      expect(transformed(note, fields, 'integer', { default: 7 })).toEqual(row('7', null));
    }
    // Each is called by the encoder and by the plain conversion.
    expect(seen).toEqual([undefined, undefined, null, null, undefined, undefined]);
  });

  it('gives null for null, and the default for that only with nullDefault', () => {
    expect(transformed(() => null, five, 'integer', { default: 7 })).toEqual(row(null, null));
    expect(transformed(() => null, five, 'integer', { default: 7, nullDefault: true })).toEqual(
      row('7', null),
    );
    expect(transformed(() => null, five, 'integer', { required: true })).toEqual(
      rejected('value-required', 'v'),
    );
  });

  it('is held to the policies of its column', () => {
    expect(transformed(() => 'x', five, 'integer', { mismatch: 'rest' })).toEqual(
      adjustedRow([null, '{"v":{"$numberInt":"5"}}'], { column: 'c', kind: 'mismatch-rest' }),
    );
    expect(transformed(() => 'a\0', five, 'text', { nul: 'strip' })).toEqual(
      adjustedRow(['a', null], { column: 'c', kind: 'nul-stripped' }),
    );
    expect(transformed(() => 3, five, 'integer', { check: [1, 2] })).toEqual(
      rejected('value-check-failed', 'v'),
    );
  });

  it('reads of the document only what it asks for', () => {
    const fields: RawField[] = [
      ['v', raw.int32(5)],
      ['broken', raw.string(Buffer.from([0xff]))],
      ['sub', raw.document([['x', raw.string('deep')]])],
    ];
    const mapping = mappingOf([columnOf('text', { transform: 'f' })]);
    const read = (transform: Transform) => encodeFields(fields, mapping, new Map([['f', transform]]));
    expect(read((_value, document) => document.get('sub', 'x'))).toEqual(row('deep'));
    expect(read((_value, document) => String(document.has('broken')))).toEqual(row('true'));
    expect(read((_value, document) => document.get('broken'))).toEqual(rejected('transform-failed', 'v'));
  });

  it.each([
    ['value-invalid-utf8', raw.string(Buffer.from([0xff]))],
    ['value-out-of-range', raw.date(2n ** 63n - 1n)],
    ['document-too-deep', { type: 3, bytes: nestedDocument(1001) }],
    ['document-too-deep', { type: 3, bytes: nestedDocument(100_000) }],
  ])('whose value JavaScript cannot have sets the document aside with %s', (code, value) => {
    expect(transformed(() => 1, [['v', value]], 'integer')).toEqual(rejected(code, 'v'));
  });

  it('may get 1,000 levels', () => {
    expect(transformed(() => 1, [['v', { type: 3, bytes: nestedDocument(1000) }]], 'integer')).toEqual(
      row('1', null),
    );
  });
});
