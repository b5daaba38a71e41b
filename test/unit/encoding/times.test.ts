import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemory } from '../../../src/encoding/memory.ts';
import { writeIsoTime } from '../../../src/encoding/write-time-text.ts';
import { encodeOne, memoryOf } from '../../support/fast-encoder.ts';
import { columnOf } from '../../support/plain-conversion.ts';
import { type RawValue, raw } from '../../support/raw-bson.ts';

const output = createMemory(64);

function isoText(ms: bigint): string {
  const end = writeIsoTime(memoryOf(raw.date(ms).bytes), 0, output, 0);
  return output.bytes.toString('latin1', 0, end);
}

describe('the ISO 8601 text of a date', () => {
  it.each([
    [0n, '1970-01-01T00:00:00.000Z'],
    [-1n, '1969-12-31T23:59:59.999Z'],
    [-62_167_219_200_000n, '0000-01-01T00:00:00.000Z'],
    [-62_167_219_200_001n, '-000001-12-31T23:59:59.999Z'],
    [253_402_300_799_999n, '9999-12-31T23:59:59.999Z'],
    [253_402_300_800_000n, '+010000-01-01T00:00:00.000Z'],
    [8_640_000_000_000_001n, '+275760-09-13T00:00:00.001Z'],
    [2n ** 53n + 1n, '+287396-10-12T08:59:00.993Z'],
    [-(2n ** 53n) - 1n, '-283457-03-21T15:00:59.007Z'],
    [2n ** 63n - 1n, '+292278994-08-17T07:12:55.807Z'],
    [-(2n ** 63n), '-292275055-05-16T16:47:04.192Z'],
  ])('%s', (ms, text) => {
    expect(isoText(ms)).toBe(text);
  });

  it('is the one that JavaScript prints, in any order of days', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        const ms = n % 8_640_000_000_000_000;
        expect(isoText(BigInt(ms))).toBe(new Date(ms).toISOString());
        expect(isoText(BigInt(ms))).toBe(new Date(ms).toISOString());
      }),
      { seed: 3, numRuns: 5000 },
    );
  });
});

describe('columns of times', () => {
  it.each<[string, RawValue, string]>([
    ['timestamptz', raw.date(0), '1970-01-01 00:00:00+00'],
    ['timestamptz', raw.date(-62_135_596_800_001n), '0001-12-31 23:59:59.999+00 BC'],
    ['timestamptz', raw.date(-210_866_803_200_000n), '4714-11-24 00:00:00+00 BC'],
    ['timestamptz', raw.date(-210_866_803_200_001n), 'value-out-of-range'],
    // Beyond 2^53 milliseconds, where a double would round.
    ['timestamptz', raw.date(9_224_318_015_999_999n), '294276-12-31 23:59:59.999+00'],
    ['timestamptz', raw.date(9_007_199_254_740_993n), '287396-10-12 08:59:00.993+00'],
    ['timestamptz', raw.date(9_224_318_016_000_000n), 'value-out-of-range'],
    ['timestamptz', raw.date(2n ** 63n - 1n), 'value-out-of-range'],
    ['timestamptz', raw.date(-(2n ** 63n)), 'value-out-of-range'],
    ['timestamp', raw.string('0001-01-01T00:00:00+23:59'), '0001-12-31 00:01:00 BC'],
    ['timestamp', raw.string('9999-12-31T23:59:59.999999-23:59'), '10000-01-01 23:58:59.999999'],
    ['timestamp', raw.string('2024-02-29 23:59:59.5z'), '2024-02-29 23:59:59.5'],
    ['timestamp', raw.string('2024-02-29T23:59:60Z'), 'value-mismatch'],
    ['timestamp', raw.string('2023-02-29T00:00:00Z'), 'value-mismatch'],
    ['timestamp', raw.string('2024-02-29T00:00:00'), 'value-mismatch'],
    ['timestamp', raw.string('2024-02-29T00:00:00.1234567Z'), 'value-mismatch'],
    ['timestamp', raw.string('0000-01-01T00:00:00Z'), 'value-mismatch'],
    ['timestamp', raw.string('2024-02-29T00:00:00Z\n'), 'value-mismatch'],
    ['timestamp', raw.timestamp(2 ** 32 - 1, 9), '2106-02-07 06:28:15'],
    ['date', raw.date(-62_135_683_200_000n), '0001-12-31 BC'],
    ['date', raw.date(185_331_706_992_000_000n), '5874897-12-31'],
    ['date', raw.date(185_331_707_078_400_000n), 'value-out-of-range'],
    ['date', raw.date(-210_866_889_600_000n), 'value-out-of-range'],
    ['date', raw.date(-1n), 'value-mismatch'],
    ['date', raw.string('1900-02-29'), 'value-mismatch'],
    ['date', raw.string('0001-01-01'), '0001-01-01'],
    ['time', raw.string('23:59:59.999999'), '23:59:59.999999'],
    ['time', raw.string('24:00:00'), 'value-mismatch'],
  ])('%s %#', (type, value, expected) => {
    expect(encodeOne(columnOf(type), value)).toBe(expected);
  });
});

describe('convert: epoch-ms and epoch-s', () => {
  it.each<[string, 'epoch-ms' | 'epoch-s', RawValue, string]>([
    ['timestamptz', 'epoch-s', raw.double(1.5), '1970-01-01 00:00:01.5+00'],
    ['timestamptz', 'epoch-s', raw.double(-0.000001), '1969-12-31 23:59:59.999999+00'],
    ['timestamptz', 'epoch-s', raw.double(1e-7), 'value-convert-failed'],
    ['timestamptz', 'epoch-s', raw.double(10_000_000_000.1), '2286-11-20 17:46:40.1+00'],
    ['timestamptz', 'epoch-s', raw.decimal(15n, -1), '1970-01-01 00:00:01.5+00'],
    ['timestamptz', 'epoch-s', raw.decimal(10n, -7), '1970-01-01 00:00:00.000001+00'],
    ['timestamptz', 'epoch-s', raw.decimal(1n, 6111), 'value-out-of-range'],
    ['timestamptz', 'epoch-s', raw.decimal(1n, -6176), 'value-convert-failed'],
    ['timestamptz', 'epoch-ms', raw.int64(9_224_318_015_999_999n), '294276-12-31 23:59:59.999+00'],
    ['timestamptz', 'epoch-ms', raw.double(1.5), 'value-convert-failed'],
    ['timestamptz', 'epoch-ms', raw.double(Number.NaN), 'value-convert-failed'],
    ['timestamptz', 'epoch-ms', raw.string('1'), 'value-convert-failed'],
    ['timestamptz', 'epoch-ms', raw.string(Buffer.from([0xff])), 'value-invalid-utf8'],
    ['timestamp', 'epoch-ms', raw.date(5n), '1970-01-01 00:00:00.005'],
    ['bigint', 'epoch-s', raw.date(-2000n), '-2'],
    ['bigint', 'epoch-s', raw.date(1n), 'value-convert-failed'],
    ['bigint', 'epoch-ms', raw.date(2n ** 63n - 1n), '9223372036854775807'],
    ['numeric', 'epoch-s', raw.date(-1500n), '-1.5'],
    ['numeric', 'epoch-s', raw.date(2n ** 63n - 1n), '9223372036854775.807'],
    ['numeric(4,2)', 'epoch-s', raw.date(1001n), 'value-out-of-range'],
    ['double precision', 'epoch-s', raw.date(1500n), '1.5'],
    ['double precision', 'epoch-ms', raw.date(2n ** 53n + 1n), 'value-out-of-range'],
    ['bigint', 'epoch-s', raw.boolean(true), 'value-convert-failed'],
  ])('%s %s %#', (type, convert, value, expected) => {
    expect(encodeOne(columnOf(type, { convert }), value)).toBe(expected);
  });
});
