import { bsonType } from './bson-type.ts';
import { compareBsonValues, compareRuns } from './compare-values.ts';

/** Offset of the value in a BSON document `{_id: value}`: size, type byte, `_id`, zero byte. */
export const idValueOffset = 9;

/**
 * Compares two BSON documents of the form `{_id: value}` in MongoDB's order, as `readId` makes them.
 * @returns negative, zero or positive
 */
export function compareIds(a: Uint8Array, b: Uint8Array): number {
  const aType = a[4] ?? 0;
  const bType = b[4] ?? 0;
  // Called for each pair of neighbours of a live read. The commonest types are compared without a DataView, for
  // which V8 would move the memory of a small array out of its heap.
  if (aType === bType) {
    switch (aType) {
      case bsonType.objectId:
        return compareRuns(a, idValueOffset, 12, b, idValueOffset, 12);
      case bsonType.int32:
        return int32At(a, idValueOffset) - int32At(b, idValueOffset);
      case bsonType.string: {
        const aLength = int32At(a, idValueOffset) - 1;
        const bLength = int32At(b, idValueOffset) - 1;
        return compareRuns(a, idValueOffset + 4, aLength, b, idValueOffset + 4, bLength);
      }
      case bsonType.int64:
      case bsonType.date: {
        const high = int32At(a, idValueOffset + 4) - int32At(b, idValueOffset + 4);
        if (high !== 0) return high;
        return (int32At(a, idValueOffset) >>> 0) - (int32At(b, idValueOffset) >>> 0);
      }
    }
  }
  return compareBsonValues(aType, a, viewOf(a), idValueOffset, bType, b, viewOf(b), idValueOffset);
}

const int32At = (bytes: Uint8Array, at: number): number =>
  (bytes[at] ?? 0) |
  ((bytes[at + 1] ?? 0) << 8) |
  ((bytes[at + 2] ?? 0) << 16) |
  ((bytes[at + 3] ?? 0) << 24);

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
