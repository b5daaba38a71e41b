import { DocrowError } from '../errors/docrow-error.ts';
import { bsonType } from './bson-type.ts';
import { compareBsonNumbers, compareInt64, compareUint64 } from './compare-numbers.ts';
import { keyEnd, valueEnd } from './value-end.ts';

/**
 * Place of each type in MongoDB's order ("Comparison/Sort Order" in its manual, `canonicalizeBSONType` in its
 * source). Types with one rank are compared by value.
 */
const rankOfType = new Int8Array(256).fill(-1);
for (const [rank, types] of [
  [0, [bsonType.minKey]],
  [1, [bsonType.undefined]],
  [2, [bsonType.null]],
  [3, [bsonType.int32, bsonType.int64, bsonType.double, bsonType.decimal128]],
  [4, [bsonType.string, bsonType.symbol]],
  [5, [bsonType.document]],
  [6, [bsonType.array]],
  [7, [bsonType.binary]],
  [8, [bsonType.objectId]],
  [9, [bsonType.boolean]],
  [10, [bsonType.date]],
  [11, [bsonType.timestamp]],
  [12, [bsonType.regex]],
  [13, [bsonType.dbPointer]],
  [14, [bsonType.code]],
  [15, [bsonType.codeWithScope]],
  [16, [bsonType.maxKey]],
] as const) {
  for (const type of types) rankOfType[type] = rank;
}

/** Deeper documents than this cannot come from a server (whose limit is 180 levels). */
const maxDepth = 500;

/**
 * Compares two BSON values in MongoDB's order under the simple collation: the order of an `_id` index.
 *
 * Numbers of all types by exact value with NaN smallest; strings and symbols by bytes; documents field by field by
 * type, key, value; arrays item by item; binaries by length, subtype, bytes; dates signed, timestamps unsigned.
 * @returns negative, zero or positive
 * @throws DocrowError `document-corrupt`, or `document-too-deep` over 500 levels
 */
export function compareBsonValues(
  aType: number,
  aBytes: Uint8Array,
  aView: DataView,
  aAt: number,
  bType: number,
  bBytes: Uint8Array,
  bView: DataView,
  bAt: number,
): number {
  return compareAtDepth(aType, aBytes, aView, aAt, bType, bBytes, bView, bAt, 0);
}

function compareAtDepth(
  aType: number,
  aBytes: Uint8Array,
  aView: DataView,
  aAt: number,
  bType: number,
  bBytes: Uint8Array,
  bView: DataView,
  bAt: number,
  depth: number,
): number {
  if (aType === bsonType.objectId && bType === bsonType.objectId) {
    return compareRuns(aBytes, aAt, 12, bBytes, bAt, 12);
  }
  const rank = rankOfType[aType] ?? -1;
  if (rank !== rankOfType[bType]) return rank - (rankOfType[bType] ?? -1);
  switch (aType) {
    case bsonType.int32:
    case bsonType.int64:
    case bsonType.double:
    case bsonType.decimal128:
      return compareBsonNumbers(aType, aView, aAt, bType, bView, bAt);
    case bsonType.string:
    case bsonType.symbol:
    case bsonType.code:
      return compareStrings(aBytes, aView, aAt, bBytes, bView, bAt);
    case bsonType.document:
      return compareDocuments(aBytes, aView, aAt, bBytes, bView, bAt, true, depth + 1);
    case bsonType.array:
      return compareDocuments(aBytes, aView, aAt, bBytes, bView, bAt, false, depth + 1);
    case bsonType.binary:
      return compareBinaries(aBytes, aView, aAt, bBytes, bView, bAt);
    case bsonType.boolean:
      return (aBytes[aAt] ?? 0) - (bBytes[bAt] ?? 0);
    case bsonType.date:
      return compareInt64(aView, aAt, bView, bAt);
    case bsonType.timestamp:
      return compareUint64(aView, aAt, bView, bAt);
    case bsonType.regex:
      return compareRegexes(aBytes, aAt, bBytes, bAt);
    case bsonType.dbPointer:
      return compareDbPointers(aBytes, aView, aAt, bBytes, bView, bAt);
    case bsonType.codeWithScope: {
      const code = compareStrings(aBytes, aView, aAt + 4, bBytes, bView, bAt + 4);
      if (code !== 0) return code;
      const aScope = aAt + 8 + aView.getInt32(aAt + 4, true);
      const bScope = bAt + 8 + bView.getInt32(bAt + 4, true);
      return compareDocuments(aBytes, aView, aScope, bBytes, bView, bScope, true, depth + 1);
    }
    default:
      return 0; // null, undefined, MinKey and MaxKey have one value each.
  }
}

/** Compares two runs of bytes; of two that begin alike the shorter is smaller. */
export function compareRuns(
  a: Uint8Array,
  aAt: number,
  aLength: number,
  b: Uint8Array,
  bAt: number,
  bLength: number,
): number {
  const length = aLength < bLength ? aLength : bLength;
  for (let i = 0; i < length; i++) {
    const difference = (a[aAt + i] ?? 0) - (b[bAt + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return aLength - bLength;
}

function compareStrings(
  aBytes: Uint8Array,
  aView: DataView,
  aAt: number,
  bBytes: Uint8Array,
  bView: DataView,
  bAt: number,
): number {
  const aLength = aView.getInt32(aAt, true) - 1;
  const bLength = bView.getInt32(bAt, true) - 1;
  return compareRuns(aBytes, aAt + 4, aLength, bBytes, bAt + 4, bLength);
}

/** The length counts what is stored, so that for subtype 2 it includes the inner length. */
function compareBinaries(
  aBytes: Uint8Array,
  aView: DataView,
  aAt: number,
  bBytes: Uint8Array,
  bView: DataView,
  bAt: number,
): number {
  const length = aView.getInt32(aAt, true);
  const difference = length - bView.getInt32(bAt, true);
  return difference !== 0
    ? difference
    : compareRuns(aBytes, aAt + 4, length + 1, bBytes, bAt + 4, length + 1);
}

function compareRegexes(aBytes: Uint8Array, aAt: number, bBytes: Uint8Array, bAt: number): number {
  const aPattern = keyEnd(aBytes, aAt, aBytes.length);
  const bPattern = keyEnd(bBytes, bAt, bBytes.length);
  const pattern = compareRuns(aBytes, aAt, aPattern - aAt, bBytes, bAt, bPattern - bAt);
  if (pattern !== 0) return pattern;
  const aFlags = keyEnd(aBytes, aPattern + 1, aBytes.length);
  const bFlags = keyEnd(bBytes, bPattern + 1, bBytes.length);
  return compareRuns(
    aBytes,
    aPattern + 1,
    aFlags - aPattern - 1,
    bBytes,
    bPattern + 1,
    bFlags - bPattern - 1,
  );
}

function compareDbPointers(
  aBytes: Uint8Array,
  aView: DataView,
  aAt: number,
  bBytes: Uint8Array,
  bView: DataView,
  bAt: number,
): number {
  const length = aView.getInt32(aAt, true);
  const difference = length - bView.getInt32(bAt, true);
  return difference !== 0
    ? difference
    : compareRuns(aBytes, aAt + 4, length + 12, bBytes, bAt + 4, length + 12);
}

function compareDocuments(
  aBytes: Uint8Array,
  aView: DataView,
  aStart: number,
  bBytes: Uint8Array,
  bView: DataView,
  bStart: number,
  keysCount: boolean,
  depth: number,
): number {
  if (depth > maxDepth) {
    throw new DocrowError('document-too-deep', `A value is nested deeper than ${maxDepth} levels`, {
      maxDepth,
    });
  }
  const aLimit = valueEnd(bsonType.document, aBytes, aView, aStart, aBytes.length) - 1;
  const bLimit = valueEnd(bsonType.document, bBytes, bView, bStart, bBytes.length) - 1;
  let a = aStart + 4;
  let b = bStart + 4;
  while (a < aLimit && b < bLimit) {
    const aType = aBytes[a] ?? 0;
    const bType = bBytes[b] ?? 0;
    const rank = (rankOfType[aType] ?? -1) - (rankOfType[bType] ?? -1);
    if (rank !== 0) return rank;
    const aValue = keyEnd(aBytes, a + 1, aLimit) + 1;
    const bValue = keyEnd(bBytes, b + 1, bLimit) + 1;
    if (keysCount) {
      const key = compareRuns(aBytes, a + 1, aValue - a - 2, bBytes, b + 1, bValue - b - 2);
      if (key !== 0) return key;
    }
    const aEnd = valueEnd(aType, aBytes, aView, aValue, aLimit);
    const bEnd = valueEnd(bType, bBytes, bView, bValue, bLimit);
    const value = compareAtDepth(aType, aBytes, aView, aValue, bType, bBytes, bView, bValue, depth);
    if (value !== 0) return value;
    a = aEnd;
    b = bEnd;
  }
  return Number(a < aLimit) - Number(b < bLimit);
}
