import type { BsonTypeName, ValueProfile } from '../profile.ts';

const maxInt32 = 2n ** 31n - 1n;
/** Below 2^53, which 2^53 + 1 is rounded to. */
const maxSafe = 2n ** 53n - 1n;

/**
 * The narrowest type that holds the numbers of a place exactly, by the value rules; undefined where none does.
 * Doubles alone stay double precision, which keeps them as they are; a -0 is kept only there.
 */
export function proposeNumberType(
  { integers, doubles, decimals }: ValueProfile,
  kinds: ReadonlySet<BsonTypeName>,
): 'integer' | 'bigint' | 'double precision' | 'numeric' | undefined {
  const hasIntegers = kinds.has('int') || kinds.has('long');
  const within = (limit: bigint): boolean =>
    integers === undefined || (integers.min >= -limit && integers.max <= limit);
  const hasNegativeZero = kinds.has('double') && (doubles?.negativeZero ?? 0) > 0;

  if (kinds.has('decimal')) {
    return hasNegativeZero || (decimals?.negativeZero ?? 0) > 0 ? undefined : 'numeric';
  }
  if (!hasIntegers) return 'double precision';
  const fitsDouble = within(maxSafe);
  if (hasNegativeZero) return fitsDouble ? 'double precision' : undefined;
  const isFractional = kinds.has('double') && doubles !== undefined && doubles.integral < doubles.count;
  if (isFractional) return fitsDouble ? 'double precision' : 'numeric';
  return kinds.has('long') || kinds.has('double') || !within(maxInt32) ? 'bigint' : 'integer';
}
