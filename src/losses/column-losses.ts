import { readBinaryContent } from '../bson/binary-content.ts';
import { bsonType } from '../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import type { ColumnMapping } from '../mapping/mapping.ts';
import { holdsNul, isPosition, type JsonWalk, jsonWalk } from './json-losses.ts';
import { type LossSet, loss, noLoss } from './loss-kind.ts';
import { inFloat, inInteger, inNumeric, isNumber } from './number-losses.ts';

/** The losses of one value that fits the column; null and missing never come here. */
export type ScalarLosses = (type: number, bytes: Buffer, view: DataView, at: number) => LossSet;

/**
 * What the values of a column lose, by their types. A column without `array` is one value; json, jsonb and
 * `convert: ejson` have losses at the paths inside of it.
 */
export function columnLosses(column: ColumnMapping): JsonWalk {
  const { type, convert, nul } = column;
  const stripsNul = nul === 'strip';
  if (type.name === 'json' || type.name === 'jsonb') {
    return jsonWalk({ style: column.json, isBinary: type.name === 'jsonb', stripsNul });
  }
  if (convert === 'ejson') return jsonWalk({ style: 'normalized', isBinary: false, stripsNul: false });
  const scalar = convert === undefined ? typeLosses(column) : convertLosses(column);
  if (type.array) return arrayLosses(scalar);
  return (bsonTypeByte, bytes, view, at, path, sink) => {
    const losses = scalar(bsonTypeByte, bytes, view, at);
    if (losses !== noLoss) sink.add(path, losses);
  };
}

function arrayLosses(scalar: ScalarLosses): JsonWalk {
  return (_type, bytes, view, start, path, sink) => {
    const limit = start + view.getInt32(start, true) - 1;
    let losses = noLoss;
    let index = 0;
    for (let at = start + 4; at < limit; index++) {
      const type = bytes[at]!;
      const stop = keyEnd(bytes, at + 1, limit);
      if (!isPosition(bytes, at + 1, stop, index)) losses |= loss('array-keys');
      // NULL inside of a PostgreSQL array can only have been a null.
      if (type !== bsonType.null) losses |= scalar(type, bytes, view, stop + 1);
      at = valueEnd(type, bytes, view, stop + 1, limit);
    }
    if (losses !== noLoss) sink.add(path, losses);
  };
}

const changed = loss('type-changed');

function typeLosses({ type, nul }: ColumnMapping): ScalarLosses {
  const strip = nul === 'strip';
  switch (type.name) {
    case 'smallint':
    case 'integer':
    case 'bigint': {
      const isWide = type.name === 'bigint';
      return (bson, _bytes, view, at) => (isNumber(bson) ? inInteger(isWide, bson, view, at) : changed);
    }
    case 'numeric': {
      const scale = type.precision === undefined ? undefined : (type.scale ?? 0);
      return (bson, _bytes, view, at) => (isNumber(bson) ? inNumeric(scale, bson, view, at) : changed);
    }
    case 'real':
    case 'double precision':
      return inFloat;
    case 'boolean':
      return (bson) => (bson === bsonType.boolean ? noLoss : changed);
    case 'uuid':
      return (bson) => (bson === bsonType.binary ? noLoss : changed);
    case 'bytea':
      return (bson, bytes, view, at) => (bson === bsonType.binary ? ofSubtype(bytes, view, at) : changed);
    case 'date':
      return (bson) => (bson === bsonType.date ? noLoss : changed);
    case 'timestamp':
    case 'timestamptz':
      return (bson, _bytes, view, at) => {
        if (bson === bsonType.date) return noLoss;
        const hasIncrement = bson === bsonType.timestamp && view.getInt32(at, true) !== 0;
        return hasIncrement ? changed | loss('timestamp-increment') : changed;
      };
    case 'time':
      // Only texts get here; PostgreSQL writes no zeros at the end of a fraction.
      return (_bson, bytes, view, at) => {
        const text = bytes.toString('latin1', at + 4, at + 3 + view.getInt32(at, true));
        return text.includes('.') && text.endsWith('0') ? changed : noLoss;
      };
    default:
      return (bson, bytes, view, at) => {
        const isString = bson === bsonType.string;
        const isStripped = strip && (isString || bson === bsonType.symbol) && holdsNul(bytes, view, at);
        return (isString ? noLoss : changed) | (isStripped ? loss('nul-stripped') : noLoss);
      };
  }
}

const ofSubtype = (bytes: Buffer, view: DataView, at: number): LossSet =>
  readBinaryContent(bytes, view, at).subtype === 0 ? noLoss : loss('binary-subtype');

function convertLosses(column: ColumnMapping): ScalarLosses {
  const plain = typeLosses(column);
  const { name } = column.type;
  switch (column.convert) {
    case 'uuidv5':
      return ofUuid(name === 'uuid');
    case 'hex':
      return () => noLoss;
    case 'base64':
      // From bytea the same base64 text comes back; from text the binary, but for its subtype.
      return name === 'bytea' ? () => noLoss : (_type, bytes, view, at) => ofSubtype(bytes, view, at);
    case 'epoch-ms':
    case 'epoch-s':
      // double precision takes every number, and a date is none.
      return (type, bytes, view, at) =>
        isNumber(type) || name !== 'double precision' ? plain(type, bytes, view, at) : changed;
    default:
      // iso and text: what is not of the column's own kind becomes it.
      return plain;
  }
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** `convert: uuidv5`: UUIDs stay, and of everything else only a hash is left. */
function ofUuid(isUuidColumn: boolean): ScalarLosses {
  return (type, bytes, view, at) => {
    if (type === bsonType.binary) {
      const { subtype, start, end } = readBinaryContent(bytes, view, at);
      if (subtype === 4 && end - start === 16) return isUuidColumn ? noLoss : changed;
    } else if (type === bsonType.string && view.getInt32(at, true) === 37) {
      const text = bytes.toString('latin1', at + 4, at + 40);
      if (uuidForm.test(text)) return !isUuidColumn && text === text.toLowerCase() ? noLoss : changed;
    }
    return loss('hashed');
  };
}
