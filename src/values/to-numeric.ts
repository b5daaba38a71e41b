import type { ColumnType } from '../mapping/mapping.ts';
import type { BsonValue } from './bson-value.ts';
import { decimalText, type PlainDecimal, parseDecimal, plainDecimal, withScale } from './plain-decimal.ts';
import { readText } from './read-text.ts';
import { mismatch, outOfRange, type ValuePath } from './value-path.ts';

const numericString = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/;

/** All number types with their digits and scale, NaN and infinities as such, and texts that are plain decimals. */
export function toNumeric(value: BsonValue, type: ColumnType, path: ValuePath): string {
  const number = numberOf(value, path);
  if (number === undefined) throw mismatch('The value is not a number', path);
  if (typeof number !== 'string' && exceedsNumeric(number)) {
    throw outOfRange('The number has more digits than numeric can hold', path);
  }
  if (type.precision === undefined) return typeof number === 'string' ? number : decimalText(number);
  if (number === 'NaN') return number;
  if (typeof number === 'string')
    throw outOfRange('Only a numeric without precision can hold an infinity', path);
  return fitPrecision(number, type.precision, type.scale ?? 0, path);
}

type SpecialNumber = 'NaN' | 'Infinity' | '-Infinity';

function numberOf(value: BsonValue, path: ValuePath): PlainDecimal | SpecialNumber | undefined {
  switch (value.type) {
    case 'int32':
    case 'int64':
      return { coefficient: BigInt(value.value), scale: 0 };
    case 'double':
      return parseDecimal(String(value.value)) ?? (String(value.value) as SpecialNumber);
    case 'decimal128': {
      const { kind, negative, coefficient, exponent } = value.value;
      if (kind === 'nan') return 'NaN';
      if (kind === 'infinity') return negative ? '-Infinity' : 'Infinity';
      return plainDecimal(negative ? -coefficient : coefficient, exponent);
    }
    case 'string': {
      const text = readText(value.text, path);
      return numericString.test(text) ? parseDecimal(text) : undefined;
    }
    default:
      return undefined;
  }
}

/** numeric holds 131,072 digits before and 16,383 after the decimal point (PostgreSQL, "Numeric Types"). */
function exceedsNumeric({ coefficient, scale }: PlainDecimal): boolean {
  const digits = coefficient.toString().replace('-', '').length;
  return digits - scale > 131_072 || scale > 16_383;
}

/** PostgreSQL would round to the scale; here a number fits only when that changes nothing. */
function fitPrecision(number: PlainDecimal, precision: number, scale: number, path: ValuePath): string {
  const coefficient = withScale(number, scale);
  const limit = 10n ** BigInt(precision);
  if (coefficient === undefined || coefficient <= -limit || coefficient >= limit) {
    throw outOfRange(`The number does not fit numeric(${precision},${scale}) without rounding`, path);
  }
  return decimalText(plainDecimal(coefficient, -scale));
}
