import { compareExactDecimals, type ExactDecimal } from '../../bson/exact-decimal.ts';
import type { ScalarTree } from './bson-tree.ts';

export const numberTypes: ReadonlySet<string> = new Set(['int32', 'int64', 'double', 'decimal128']);

/** The number that the digits say; undefined for NaN and infinities. */
export function writtenDecimal(text: string): ExactDecimal | undefined {
  const found = /^(-?\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (found === null) return undefined;
  const [, whole = '', fraction = '', exponent = '0'] = found;
  const negative = whole.startsWith('-');
  const digits = BigInt(whole.replace('-', '') + fraction);
  return { coefficient: negative ? -digits : digits, exponent: Number(exponent) - fraction.length };
}

/**
 * Whether two numbers of any types are equal but for the sign of zero. A double is equal to the shortest digits that
 * lead back to it, since these are what it is written with.
 */
export function isSameNumber(a: ScalarTree, b: ScalarTree): boolean {
  if (a.type === 'double' || b.type === 'double') return Number(a.text) === Number(b.text) || bothNaN(a, b);
  const [left, right] = [writtenDecimal(a.text), writtenDecimal(b.text)];
  if (left === undefined || right === undefined) return left === right && a.text === b.text;
  return compareExactDecimals(left, right) === 0;
}

const bothNaN = (a: ScalarTree, b: ScalarTree): boolean => a.text === 'NaN' && b.text === 'NaN';

export const isNegativeZero = (value: ScalarTree): boolean =>
  /^-0(?:\.0+)?(?:[eE][+-]?\d+)?$/.test(value.text);
