import { BSONError } from 'bson';
import { readBinaryContent } from '../bson/binary-content.ts';
import { bsonType } from '../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import type { CollectionMapping, ColumnMapping } from '../mapping/mapping.ts';
import { readElements } from '../values/decode-value.ts';
import { toColumn } from '../values/to-column.ts';
import { holdsNul } from './json-losses.ts';

/** Where a value of a loaded document is: in its column, in the rest column, or nowhere. */
export type ValueFate = 'column' | 'rest' | 'nowhere';

export type FateOf = (type: number, bytes: Buffer, view: DataView, at: number) => ValueFate;

/** Codes that `mismatch` applies to. */
const mismatchCodes: ReadonlySet<string> = new Set([
  'value-mismatch',
  'value-out-of-range',
  'value-convert-failed',
]);

/** Compiles what the policies of a column make of a value that is neither missing nor null. */
export function valueFate(column: ColumnMapping, duplicates: CollectionMapping['duplicates']): FateOf {
  const hasPolicy = column.mismatch !== 'reject' || column.nul === 'rest';
  if (!hasPolicy || column.required || column.transform !== undefined) return () => 'column';
  const isSure = surelyFits(column);
  const context = { column, duplicates, note: () => {}, applyConvert: true };
  return (type, bytes, view, at) => {
    if (isSure(type, bytes, view, at)) return 'column';
    const end = valueEnd(type, bytes, view, at, bytes.length);
    try {
      const [element] = readElements(documentWith(type, bytes.subarray(at, end)));
      toColumn(element?.value, context, []);
      return 'column';
    } catch (error) {
      // Damage inside of a value that was loaded: its column looked at the type alone, and refused it.
      if (error instanceof BSONError) return column.mismatch === 'null' ? 'nowhere' : 'column';
      if (!(error instanceof DocrowError)) throw error;
      if (error.code === 'value-nul-character' && column.nul === 'rest') return 'rest';
      if (!mismatchCodes.has(error.code) || column.mismatch === 'reject') return 'column';
      return column.mismatch === 'rest' ? 'rest' : 'nowhere';
    }
  };
}

/** The document `{"": value}`. */
function documentWith(type: number, value: Buffer): Buffer {
  const document = Buffer.alloc(value.length + 7);
  document.writeInt32LE(document.length);
  document[4] = type;
  document.set(value, 6);
  return document;
}

type Test = (type: number, bytes: Buffer, view: DataView, at: number) => boolean;

/** Over this, times come near the edge of what PostgreSQL holds. In units of 2^32 ms. */
const farTime = 46_000;

/** A quick test that is true only for values that fit, for the common ones of them. */
function surelyFits(column: ColumnMapping): Test {
  const scalar = scalarFits(column);
  if (!column.type.array) return scalar;
  return (arrayType, bytes, view, start) => {
    if (arrayType !== bsonType.array) return false;
    const limit = start + view.getInt32(start, true) - 1;
    for (let at = start + 4; at < limit; ) {
      const type = bytes[at]!;
      const stop = keyEnd(bytes, at + 1, limit);
      if (type !== bsonType.null && !scalar(type, bytes, view, stop + 1)) return false;
      at = valueEnd(type, bytes, view, stop + 1, limit);
    }
    return true;
  };
}

function scalarFits({ type: { name, length, precision }, convert, nul }: ColumnMapping): Test {
  if (convert !== undefined)
    return () => length === undefined && (convert === 'ejson' || convert === 'uuidv5');
  switch (name) {
    case 'text':
    case 'varchar':
      return (type, bytes, view, at) =>
        type === bsonType.string &&
        (length === undefined || view.getInt32(at, true) <= length) &&
        (nul !== 'rest' || !holdsNul(bytes, view, at));
    case 'integer':
      return (type) => type === bsonType.int32;
    case 'bigint':
      return (type) => type === bsonType.int32 || type === bsonType.int64;
    case 'numeric':
      return (type) =>
        precision === undefined &&
        (type === bsonType.int32 || type === bsonType.int64 || type === bsonType.double);
    case 'double precision':
      return (type) => type === bsonType.int32 || type === bsonType.double;
    case 'boolean':
      return (type) => type === bsonType.boolean;
    case 'uuid':
      return (type, bytes, view, at) => {
        if (type !== bsonType.binary) return false;
        const { subtype, start, end } = readBinaryContent(bytes, view, at);
        return subtype === 4 && end - start === 16;
      };
    case 'bytea':
      return (type) => type === bsonType.binary || type === bsonType.objectId;
    case 'timestamp':
    case 'timestamptz':
      return (type, _bytes, view, at) =>
        type === bsonType.date && Math.abs(view.getInt32(at + 4, true)) < farTime;
    default:
      return () => false;
  }
}
