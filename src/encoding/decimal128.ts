import type { Memory } from './memory.ts';

/** A Decimal128 taken apart: (-1)^negative × digits × 10^exponent. */
export interface Decimal {
  readonly kind: 'finite' | 'infinity' | 'nan';
  readonly negative: boolean;
  /** Coefficient without leading zeros; `0` for zero. */
  readonly digits: string;
  readonly exponent: number;
}

const bias = 6176;
const largestCoefficient = 10n ** 34n - 1n;

/** Reads the 16 bytes at `at` (IEEE 754-2008 decimal128, binary integer significand, little endian). */
export function readDecimal128(input: Memory, at: number): Decimal {
  const low = input.view.getBigUint64(at, true);
  const high = input.view.getBigUint64(at + 8, true);
  const negative = high >> 63n === 1n;
  const combination = Number((high >> 58n) & 0x1fn);
  if (combination === 0x1f) return { kind: 'nan', negative, digits: '0', exponent: 0 };
  if (combination === 0x1e) return { kind: 'infinity', negative, digits: '0', exponent: 0 };
  if (combination >> 3 === 3) {
    // The wide form starts above 10^34 - 1, which the standard reads as zero.
    return { kind: 'finite', negative, digits: '0', exponent: Number((high >> 47n) & 0x3fffn) - bias };
  }
  const coefficient = ((high & 0x1_ffff_ffff_ffffn) << 64n) | low;
  const exponent = Number((high >> 49n) & 0x3fffn) - bias;
  return {
    kind: 'finite',
    negative,
    digits: coefficient > largestCoefficient ? '0' : coefficient.toString(),
    exponent,
  };
}

/** Text form of the General Decimal Arithmetic specification (to-scientific-string), which BSON prescribes. */
export function decimalText(decimal: Decimal): string {
  if (decimal.kind === 'nan') return 'NaN';
  const sign = decimal.negative ? '-' : '';
  if (decimal.kind === 'infinity') return `${sign}Infinity`;
  const { digits, exponent } = decimal;
  const adjusted = exponent + digits.length - 1;
  if (exponent > 0 || adjusted < -6) {
    const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
    return `${sign}${mantissa}E${adjusted < 0 ? '-' : '+'}${Math.abs(adjusted)}`;
  }
  if (exponent === 0) return sign + digits;
  const whole = digits.length + exponent;
  return whole > 0
    ? `${sign}${digits.slice(0, whole)}.${digits.slice(whole)}`
    : `${sign}0.${'0'.repeat(-whole)}${digits}`;
}

/** Takes apart a decimal text such as JavaScript prints for a finite number, or a PostgreSQL numeric without exponent. */
export function parseDecimal(text: string): Decimal {
  const negative = text.startsWith('-');
  const unsigned = negative ? text.slice(1) : text;
  const [mantissa = '0', power = '0'] = unsigned.split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+(?=.)/, '');
  return { kind: 'finite', negative, digits, exponent: Number(power) - fraction.length };
}
