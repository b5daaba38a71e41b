import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemory } from '../../../src/encoding/memory.ts';
import {
  writeDoubleText,
  writeHex,
  writeInt32Text,
  writeInt64Text,
  writePadded,
  writeUint32Text,
} from '../../../src/encoding/write-digits.ts';
import { memoryOf } from '../../support/fast-encoder.ts';
import { raw } from '../../support/raw-bson.ts';

const output = createMemory(400);
const written = (end: number): string => output.bytes.toString('latin1', 0, end);

describe('integers', () => {
  it.each([0, 1, 9, 10, 99, 100, 101, 99_999, 100_000, 999_999_999, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1])(
    '%s',
    (n) => {
      expect(written(writeUint32Text(n, output, 0))).toBe(String(n));
    },
  );

  it('have their sign', () => {
    for (const n of [-1, -10, -(2 ** 31)]) expect(written(writeInt32Text(n, output, 0))).toBe(String(n));
  });

  it('of 64 bits have all their digits', () => {
    const int64 = fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }),
      fc.bigInt({ min: -(2n ** 33n), max: 2n ** 33n }),
      fc.constantFrom(
        0n,
        -1n,
        2n ** 53n,
        2n ** 53n + 1n,
        -(2n ** 53n) - 1n,
        10n ** 9n,
        2n ** 32n,
        -(2n ** 63n),
      ),
    );
    fc.assert(
      fc.property(int64, (n) => {
        expect(written(writeInt64Text(memoryOf(raw.int64(n).bytes), 0, output, 0))).toBe(String(n));
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('are padded with zeros', () => {
    expect(written(writePadded(7, 4, output, 0))).toBe('0007');
    expect(written(writePadded(0, 3, output, 0))).toBe('000');
  });

  it('of bytes are lower-case hexadecimal', () => {
    const bytes = Buffer.from([0x00, 0x0f, 0xf0, 0xab, 0xff]);
    expect(written(writeHex(memoryOf(bytes), 0, 5, output, 0))).toBe('000ff0abff');
  });
});

describe('doubles', () => {
  it.each([
    [-0, '0'],
    [1, '1'],
    [-1, '-1'],
    [0.1, '0.1'],
    [-0.5, '-0.5'],
    [1.25, '1.25'],
    [0.0001, '0.0001'],
    [0.00001, '0.00001'],
    [0.000001, '0.000001'],
    [1e-7, '1e-7'],
    [5e-324, '5e-324'],
    [99_999_999.9999, '99999999.9999'],
    [1e8 + 0.5, '100000000.5'],
    [123_456_789_012_345_680_000, '123456789012345680000'],
    [1e21, '1e+21'],
    [2 ** 53, '9007199254740992'],
    [-(2 ** 31), '-2147483648'],
    [2 ** 31, '2147483648'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
  ])('%s', (n, text) => {
    expect(written(writeDoubleText(n, output, 0))).toBe(text);
  });

  it('are all printed like JavaScript prints them', () => {
    const double = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }).map((n) => n / 10_000),
      fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }).map((n) => n / 100_000),
      fc.integer({ min: -1000, max: 1000 }).map((n) => n * 1e-5),
    );
    fc.assert(
      fc.property(double, (n) => {
        expect(written(writeDoubleText(n, output, 0))).toBe(String(n));
      }),
      { seed: 2, numRuns: 20_000 },
    );
  });
});
