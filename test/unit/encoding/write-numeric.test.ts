import { describe, expect, it } from 'vitest';
import { parseDecimal } from '../../../src/encoding/decimal128.ts';
import { createMemory } from '../../../src/encoding/memory.ts';
import { writeNumeric } from '../../../src/encoding/write-numeric.ts';
import { copyFieldText } from '../../support/copy-binary.ts';
import { encodeOne } from '../../support/fast-encoder.ts';
import { columnOf } from '../../support/plain-conversion.ts';
import { type RawValue, raw } from '../../support/raw-bson.ts';

function numericBytes(text: string): Buffer {
  const output = createMemory(20_000);
  const end = writeNumeric(parseDecimal(text), output, 0);
  return output.bytes.subarray(4, end);
}

describe('the binary form of numeric', () => {
  // Written down from `select encode(numeric_send(…), 'hex')`.
  it.each([
    ['0', '0000000000000000'],
    ['0.00', '0000000000000002'],
    ['1', '00010000000000000001'],
    ['-1', '00010000400000000001'],
    ['10000', '00010001000000000001'],
    ['12345.678', '000300010000000300010929 1a7c'],
    ['0.0001', '0001ffff000000040001'],
    ['0.00001', '0001fffe0000000503e8'],
    ['100000000', '00010002000000000001'],
    ['99999999', '0002000100000000270f270f'],
  ])('of %s', (text, hex) => {
    expect(numericBytes(text).toString('hex')).toBe(hex.replace(' ', ''));
  });

  it('leads back to the digits of any length and position of the point', () => {
    for (const digits of ['7', '70', '12345', '1000200030004', '9'.repeat(34)]) {
      for (let decimals = 0; decimals <= 12; decimals++) {
        const padded = digits.padStart(decimals + 1, '0');
        const text =
          decimals === 0
            ? digits
            : `${padded.slice(0, padded.length - decimals)}.${padded.slice(padded.length - decimals)}`;
        expect(copyFieldText({ name: 'numeric', array: false }, numericBytes(text))).toBe(text);
      }
    }
  });
});

describe('numeric', () => {
  it.each<[string, RawValue, string]>([
    ['numeric', raw.decimal(1n, 3), '1000'],
    ['numeric', raw.decimal(0n, -5), '0.00000'],
    ['numeric', raw.decimal(1n, 6111), `1${'0'.repeat(6111)}`],
    ['numeric', raw.decimal(-1n, -6176), `-0.${'0'.repeat(6175)}1`],
    ['numeric', raw.decimal(10n ** 34n - 1n, -3), `${'9'.repeat(31)}.999`],
    ['numeric', raw.double(1e21), '1000000000000000000000'],
    ['numeric', raw.double(5e-324), `0.${'0'.repeat(323)}5`],
    ['numeric', raw.double(Number.MAX_VALUE), `17976931348623157${'0'.repeat(292)}`],
    ['numeric', raw.double(-0), '0'],
    ['numeric', raw.decimalNaN(), 'NaN'],
    ['numeric', raw.double(-Infinity), '-Infinity'],
    ['numeric', raw.string(`1.${'0'.repeat(16_383)}`), `1.${'0'.repeat(16_383)}`],
    ['numeric', raw.string(`1.${'0'.repeat(16_384)}`), 'value-out-of-range'],
    ['numeric', raw.string('9'.repeat(131_072)), '9'.repeat(131_072)],
    ['numeric', raw.string('9'.repeat(131_073)), 'value-out-of-range'],
    ['numeric(5,2)', raw.decimal(123_000n, -3), '123.00'],
    ['numeric(5,2)', raw.decimal(1n, 2), '100.00'],
    ['numeric(5,2)', raw.decimal(1n, 3), 'value-out-of-range'],
    ['numeric(5,2)', raw.decimal(123_001n, -3), 'value-out-of-range'],
    ['numeric(5,2)', raw.decimal(0n, 100), '0.00'],
    ['numeric(5,2)', raw.decimalNaN(), 'NaN'],
    ['numeric(5,2)', raw.decimalInfinity(), 'value-out-of-range'],
    ['numeric(3,3)', raw.double(0.999), '0.999'],
    ['numeric(3,3)', raw.int32(1), 'value-out-of-range'],
  ])('%s %#', (type, value, expected) => {
    expect(encodeOne(columnOf(type), value)).toBe(expected);
  });
});
