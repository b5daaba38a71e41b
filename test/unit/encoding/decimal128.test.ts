import { Decimal128 } from 'bson';
import { describe, expect, it } from 'vitest';
import { decimalText, parseDecimal, readDecimal128 } from '../../../src/encoding/decimal128.ts';
import { memoryOf } from '../../support/fast-encoder.ts';
import { raw } from '../../support/raw-bson.ts';

const textOf = (bytes: Uint8Array): string => decimalText(readDecimal128(memoryOf(Buffer.from(bytes)), 0));

describe('a Decimal128', () => {
  it.each([
    '0',
    '-0',
    '0E+3',
    '0E-7',
    '0.000000',
    '0.001',
    '1E-7',
    '1.5E-7',
    '0.000001',
    '12.50',
    '1E+3',
    '1.234E+7',
    '-1.0',
    '9.999999999999999999999999999999999E+6144',
    '1E-6176',
    '9223372036854775807',
    'NaN',
    'Infinity',
    '-Infinity',
  ])('%s is spelt as the bson package spells it', (text) => {
    const decimal = Decimal128.fromString(text);
    expect(textOf(decimal.bytes)).toBe(decimal.toString());
  });

  it('with a coefficient that the format does not allow is zero', () => {
    expect(textOf(raw.decimalBits(0x3041_ffff_ffff_ffffn, 2n ** 64n - 1n).bytes)).toBe('0');
    expect(textOf(raw.decimalBits(0x6c10n << 48n, 0n).bytes)).toBe('0');
  });
});

describe('parseDecimal', () => {
  it.each([
    ['0', '0', 0],
    ['-12.50', '1250', -2],
    ['0.001', '1', -3],
    ['0.00', '0', -2],
    ['1e+21', '1', 21],
    ['1.5e-7', '15', -8],
    ['5e-324', '5', -324],
  ])('takes %s apart', (text, digits, exponent) => {
    const negative = text.startsWith('-');
    expect(parseDecimal(text)).toEqual({ kind: 'finite', negative, digits, exponent });
  });
});
