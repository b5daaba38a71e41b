import { describe, expect, it } from 'vitest';
import { encodeColumnOf, encodeOne } from '../../support/fast-encoder.ts';
import { columnOf } from '../../support/plain-conversion.ts';
import { type RawValue, raw } from '../../support/raw-bson.ts';

describe('text', () => {
  it.each<[string, RawValue, string]>([
    ['text', raw.string(''), ''],
    ['text', raw.symbol('s'), 's'],
    ['text', raw.regex('a\\b', 'i'), '/a\\b/i'],
    ['text', raw.timestamp(2 ** 32 - 1, 0), '4294967295:0'],
    ['text', raw.int32(1), 'value-mismatch'],
    ['varchar(3)', raw.string('\u{1F600}é\u{10FFFF}'), '\u{1F600}é\u{10FFFF}'],
    ['varchar(3)', raw.string('abcd'), 'value-out-of-range'],
    ['varchar(23)', raw.objectId('65a1b2c3d4e5f60718293a4b'), 'value-out-of-range'],
  ])('%s %#', (type, value, expected) => {
    expect(encodeOne(columnOf(type), value)).toBe(expected);
  });

  it('is the same at every length, short of a page and beyond', () => {
    for (const length of [0, 1, 3, 4, 5, 7, 8, 190, 191, 192, 193, 255, 256, 70_000]) {
      for (const text of ['x'.repeat(length), `${'é'.repeat(length)}y`]) {
        expect(encodeOne(columnOf('text'), raw.string(text))).toBe(text);
        for (const broken of [`${text}\0`, `\0${text}`]) {
          expect(encodeOne(columnOf('text'), raw.string(broken))).toBe('value-nul-character');
          expect(encodeOne(columnOf('text', { nul: 'strip' }), raw.string(broken))).toBe(text);
        }
        const bytes = Buffer.concat([Buffer.from(text), Buffer.from([0xc3])]);
        expect(encodeOne(columnOf('text'), raw.string(bytes))).toBe('value-invalid-utf8');
      }
    }
  });

  it.each(['text', 'varchar(9)', 'text[]', 'json', 'jsonb'])(
    'of %s notes what the `nul` policy did, once and only when it did',
    (type) => {
      const outcome = (text: string, nul: 'strip' | 'escape'): unknown => {
        const value = type === 'text[]' ? raw.array([raw.string(text), raw.string(text)]) : raw.string(text);
        return encodeColumnOf([['v', value]], type, { nul });
      };
      const noted = (kind: string) => ({
        kind: 'rows',
        adjustments: [{ table: 'things', column: 'c', kind }],
      });
      expect(outcome('a\0', 'strip')).toMatchObject(noted('nul-stripped'));
      expect(outcome('a\0', 'escape')).toMatchObject(noted('nul-escaped'));
      expect(outcome('a\\', 'strip')).toMatchObject({ kind: 'rows', adjustments: [] });
      expect(outcome('a\\', 'escape')).toMatchObject({ kind: 'rows', adjustments: [] });
    },
  );

  it('that is not UTF-8 is refused by every type, whatever the policies', () => {
    const broken = raw.string(Buffer.from([0x61, 0xff]));
    for (const type of [
      ...['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision', 'boolean', 'uuid', 'bytea'],
      ...['date', 'time', 'timestamp', 'timestamptz', 'text', 'varchar(1)', 'json', 'jsonb'],
    ]) {
      const column = columnOf(type, { mismatch: 'null', nul: 'strip' });
      expect(encodeOne(column, broken)).toBe('value-invalid-utf8');
    }
    for (const convert of ['uuidv5', 'ejson', 'hex', 'text', 'base64', 'iso'] as const) {
      expect(encodeOne(columnOf('text', { convert, mismatch: 'null' }), broken)).toBe('value-invalid-utf8');
    }
    const list = columnOf('integer[]', { mismatch: 'null' });
    expect(encodeOne(list, raw.array([broken]))).toBe('value-invalid-utf8');
  });
});

describe('named converts', () => {
  it.each<[string, Parameters<typeof columnOf>[1], RawValue, string]>([
    ['bytea', { convert: 'base64' }, raw.string('AQI='), '\\x0102'],
    ['bytea', { convert: 'base64' }, raw.string('AQJ='), 'value-convert-failed'],
    ['bytea', { convert: 'base64' }, raw.string('_-8='), 'value-convert-failed'],
    ['bytea', { convert: 'base64' }, raw.string(''), '\\x'],
    ['text', { convert: 'base64' }, raw.oldBinary(Uint8Array.of(1, 2)), 'AQI='],
    ['text', { convert: 'hex' }, raw.string('65a1b2c3d4e5f60718293a4b'), 'value-convert-failed'],
    ['text', { convert: 'text' }, raw.double(-0), '0'],
    ['text', { convert: 'text' }, raw.decimal(1n, 3), '1E+3'],
    ['varchar(2)', { convert: 'text' }, raw.int32(-10), 'value-out-of-range'],
    ['text', { convert: 'ejson' }, raw.double(1), '{"$numberLong":"1"}'],
    ['text', { convert: 'ejson' }, raw.string('\0"'), '"\\u0000\\""'],
    ['text', { convert: 'ejson', nul: 'escape' }, raw.string('\0"'), '"\\\\u0000\\\\""'],
    // Characters, not UTF-16 units.
    ['varchar(3)', { convert: 'ejson' }, raw.string('\u{1F600}'), '"\u{1F600}"'],
    ['varchar(3)', { convert: 'ejson' }, raw.string('\u{1F600}x'), 'value-out-of-range'],
    ['varchar(4)', { convert: 'ejson', nul: 'escape' }, raw.string('\\'), 'value-out-of-range'],
    [
      'uuid',
      { convert: 'uuidv5' },
      raw.string('A0112233-4455-6677-8899-AABBCCDDEEFF'),
      'a0112233-4455-6677-8899-aabbccddeeff',
    ],
    // SHA-1 of the namespace and `{"$numberLong":"1"}`, calculated with Python's uuid.uuid5.
    ['uuid', { convert: 'uuidv5' }, raw.int32(1), 'd0a041ae-7634-53eb-8e24-a280534d71d7'],
    ['text', { convert: 'iso' }, raw.date(0), '1970-01-01T00:00:00.000Z'],
    ['timestamptz', { convert: 'iso' }, raw.string('2024-02-29'), '2024-02-29 00:00:00+00'],
    ['timestamptz', { convert: 'iso' }, raw.string('2024-02-29T01:00:00'), '2024-02-29 01:00:00+00'],
    ['timestamptz', { convert: 'iso' }, raw.date(9_224_318_015_999_999n), '294276-12-31 23:59:59.999+00'],
  ])('into %s %#', (type, given, value, expected) => {
    expect(encodeOne(columnOf(type, given), value)).toBe(expected);
  });

  it('give equal numbers one key', () => {
    const keyOf = (value: RawValue): string | null =>
      encodeOne(columnOf('uuid', { convert: 'uuidv5' }), value);
    const one = keyOf(raw.int32(1));
    for (const value of [raw.int64(1), raw.double(1), raw.decimal(1n, 0), raw.decimal(100n, -2)]) {
      expect(keyOf(value)).toBe(one);
    }
    expect(keyOf(raw.double(0.5))).toBe(keyOf(raw.decimal(5n, -1)));
    expect(keyOf(raw.double(0.1))).not.toBe(keyOf(raw.decimal(1n, -1)));
    expect(keyOf(raw.double(-0))).toBe(keyOf(raw.int32(0)));
    expect(keyOf(raw.double(-(2 ** 63)))).toBe(keyOf(raw.int64(-(2n ** 63n))));
    expect(keyOf(raw.double(2 ** 63))).toBe(keyOf(raw.decimal(2n ** 63n, 0)));
    expect(keyOf(raw.decimalNaN())).toBe(keyOf(raw.double(Number.NaN)));
  });
});
