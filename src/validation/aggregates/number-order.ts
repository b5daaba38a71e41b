import { compareExactDecimals } from '../../bson/exact-decimal.ts';
import { parseDecimal } from '../../values/plain-decimal.ts';

/** Orders texts of numerics as PostgreSQL does: NaN is the greatest, infinities lie beyond all numbers. */
export function exactOrder(a: string, b: string): number {
  const [left, right] = [parseDecimal(a), parseDecimal(b)];
  if (left !== undefined && right !== undefined) {
    return compareExactDecimals(
      { coefficient: left.coefficient, exponent: -left.scale },
      { coefficient: right.coefficient, exponent: -right.scale },
    );
  }
  return rankOf(a) - rankOf(b);
}

const rankOf = (text: string): number =>
  text === '-Infinity' ? 0 : text === 'Infinity' ? 2 : text === 'NaN' ? 3 : 1;
