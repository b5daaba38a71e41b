import { keyEnd, valueEnd } from '../bson/value-end.ts';

/** Keys that the natural form uses for values which JSON has nothing of its own for. */
const naturalWrappers = new Set([
  '$undefined',
  '$timestamp',
  '$regularExpression',
  '$code',
  '$symbol',
  '$dbPointer',
  '$minKey',
  '$maxKey',
]);

const canonicalWrappers = new Set([
  ...naturalWrappers,
  '$oid',
  '$numberInt',
  '$numberLong',
  '$numberDouble',
  '$numberDecimal',
  '$date',
  '$binary',
]);

const dollar = 0x24;

/**
 * Whether a document has just the keys by which Extended JSON marks a value of another type, so that its JSON reads
 * back as that value.
 */
export function looksLikeWrapper(bytes: Buffer, view: DataView, start: number, isNatural: boolean): boolean {
  const limit = start + view.getInt32(start, true) - 1;
  if (start + 5 > limit || bytes[start + 5] !== dollar) return false;
  const stop = keyEnd(bytes, start + 5, limit);
  const key = bytes.toString('latin1', start + 5, stop);
  const after = valueEnd(bytes[start + 4]!, bytes, view, stop + 1, limit);
  if (after >= limit) return (isNatural ? naturalWrappers : canonicalWrappers).has(key);
  if (key !== '$code' && key !== '$scope') return false;
  const secondStop = keyEnd(bytes, after + 1, limit);
  const second = bytes.toString('latin1', after + 1, secondStop);
  const end = valueEnd(bytes[after]!, bytes, view, secondStop + 1, limit);
  return end >= limit && second === (key === '$code' ? '$scope' : '$code');
}

/** The same for the keys that are left of a document in the rest column, which has the canonical form. */
export function looksLikeWrapperKeys(keys: readonly string[]): boolean {
  const [first = '', second] = keys;
  if (keys.length === 1) return canonicalWrappers.has(first);
  return keys.length === 2 && keys.includes('$code') && keys.includes('$scope') && first !== second;
}
