import { createHash } from 'node:crypto';
import { decimal128Text } from '../bson/decimal128.ts';
import type { ColumnMapping, ConvertName } from '../mapping/mapping.ts';
import { type BsonValue, stringValue, uuidText } from './bson-value.ts';
import { convertEpoch } from './convert-epoch.ts';
import { readText } from './read-text.ts';
import { isoText, parseInstant } from './time-text.ts';
import { ejsonKey } from './to-ejson-key.ts';
import { readUuid } from './to-uuid.ts';
import { convertFailed, type ValuePath } from './value-path.ts';

/**
 * What a named convert makes of a value.
 * - `value`: goes on to the column's type like a value from the document
 * - `micros`: an instant from 1970, finer than a BSON date
 * - `bytes`: for bytea
 */
export type Converted =
  | { readonly kind: 'value'; readonly value: BsonValue }
  | { readonly kind: 'micros'; readonly micros: bigint }
  | { readonly kind: 'bytes'; readonly bytes: Buffer };

type Convert = (value: BsonValue, column: ColumnMapping, path: ValuePath) => Converted;

/** Every named convert. The value is neither null nor missing. */
export const namedConverts: Readonly<Record<ConvertName, Convert>> = {
  uuidv5: (value, _column, path) => asText(readUuid(value, path) ?? uuidOfText(ejsonKey(value, path))),
  ejson: (value, _column, path) => asText(ejsonKey(value, path)),
  hex: (value, _column, path) => {
    if (value.type !== 'objectId') throw convertFailed('Only an ObjectId can be converted to hex', path);
    return asText(value.bytes.toString('hex'));
  },
  text: (value, _column, path) => {
    switch (value.type) {
      case 'string':
        return { kind: 'value', value };
      case 'int32':
      case 'int64':
      case 'double':
      case 'boolean':
        return asText(String(value.value));
      case 'decimal128':
        return asText(decimal128Text(value.value));
      default:
        throw convertFailed('Only numbers, booleans and texts can be converted to text', path);
    }
  },
  base64: (value, column, path) => {
    if (column.type.name === 'bytea') return { kind: 'bytes', bytes: decodeBase64(value, path) };
    if (value.type !== 'binary') throw convertFailed('Only a binary can be converted to base64', path);
    return asText(value.bytes.toString('base64'));
  },
  iso: (value, column, path) => {
    if (isInstantColumn(column)) {
      if (value.type === 'date') return { kind: 'value', value };
      const micros =
        value.type === 'string' ? parseInstant(readText(value.text, path), 'optional') : undefined;
      if (micros === undefined)
        throw convertFailed('The value is not a date, nor the ISO 8601 text of one', path);
      return { kind: 'micros', micros };
    }
    if (value.type === 'string') return { kind: 'value', value };
    if (value.type === 'date') return asText(isoText(value.milliseconds));
    throw convertFailed('Only dates and texts can be converted to ISO 8601', path);
  },
  'epoch-ms': (value, column, path) => convertEpoch(value, column.type, 'ms', path),
  'epoch-s': (value, column, path) => convertEpoch(value, column.type, 's', path),
};

const asText = (text: string): Converted => ({ kind: 'value', value: stringValue(text) });

const isInstantColumn = ({ type }: ColumnMapping): boolean =>
  type.name === 'timestamptz' || type.name === 'timestamp';

/** The namespace in which docrow makes version 5 UUIDs. It must never change: runs have to agree. */
const uuidNamespace = Buffer.from('6f7a2c1e3f4b5d8a9c6e2b1d0a9f8e7d', 'hex');

/** A version 5 UUID (RFC 9562, section 5.5) of a name in docrow's namespace. */
function uuidOfText(name: string): string {
  const hash = createHash('sha1').update(uuidNamespace).update(name, 'utf8').digest().subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return uuidText(hash);
}

/** Strict: the standard alphabet with its padding, and no bits left over. */
function decodeBase64(value: BsonValue, path: ValuePath): Buffer {
  if (value.type === 'string') {
    const text = readText(value.text, path);
    const bytes = Buffer.from(text, 'base64');
    if (bytes.toString('base64') === text) return bytes;
  }
  throw convertFailed('The value is not a base64 text', path);
}
