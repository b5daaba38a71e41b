import { describe, expect, it } from 'vitest';
import type { ColumnType, YamlValue } from '../../../src/mapping/mapping.ts';
import { parseType } from '../../../src/mapping/parse-type.ts';
import { unfitReason } from '../../../src/mapping/yaml-value-fits.ts';

const typeOf = (text: string): ColumnType => (parseType(text) as { type: ColumnType }).type;

const fitting: readonly (readonly [type: string, value: YamlValue])[] = [
  ['integer', null],
  ['smallint', -32768],
  ['bigint', 9223372036854775807n],
  ['numeric', '12345678901234567890.5'],
  ['numeric(5,2)', 999.99],
  ['numeric(2,2)', '0.990'],
  ['real', 0.5],
  ['real', Number.NaN],
  ['double precision', 0.1],
  ['boolean', 'true'],
  ['varchar(2)', '😀😀'],
  ['uuid', '0B8F3C1E-3F4B-4D8A-9C6E-2B1D0A9F8E7D'],
  ['date', '2024-02-29'],
  ['time', '23:59:59.123456'],
  ['timestamptz', '2024-01-31 23:59:59+02:00'],
  ['timestamp', '2024-01-31T23:59:59.5Z'],
  ['jsonb', { a: [1, 'x', null] }],
  ['integer[]', [null, 1]],
];

const unfit: readonly (readonly [type: string, value: YamlValue, words: string])[] = [
  ['integer', 1.5, 'whole number'],
  ['integer', '1', 'whole number'],
  ['integer', 2147483648, 'beyond the range'],
  ['smallint', 32768, 'beyond the range'],
  ['bigint', 9223372036854775808n, '64 bits'],
  ['jsonb', { a: [9223372036854775808n] }, '64 bits'],
  ['numeric', '1e5', 'must be a number'],
  ['numeric(5,2)', 1000, 'does not fit numeric(5,2)'],
  ['numeric(5,2)', '1.001', 'does not fit numeric(5,2)'],
  ['real', 0.1, 'exactly'],
  ['double precision', 9007199254740993n, 'exactly'],
  ['boolean', 1, 'true or false'],
  ['text', 5, 'quotes'],
  ['text', 'a\0b', 'NUL'],
  ['jsonb', { 'a\0': 1 }, 'NUL'],
  ['varchar(2)', 'abc', 'longer'],
  ['uuid', 'x', 'a uuid'],
  ['date', '2024-1-1', 'a date'],
  ['time', '24:00:00', 'a time'],
  ['timestamptz', '2024-01-31T23:59:59', 'offset'],
  ['bytea', 'abc', 'cannot write bytes'],
  ['text[]', 'user', 'must be a list'],
  ['text[]', ['a', 1], 'item 2'],
];

describe('unfitReason', () => {
  it.each(fitting)('says nothing about a %s of %s', (type, value) => {
    expect(unfitReason(value, typeOf(type))).toBeUndefined();
  });

  it.each(unfit)('says why a %s cannot be %s', (type, value, words) => {
    expect(unfitReason(value, typeOf(type))).toContain(words);
  });
});
