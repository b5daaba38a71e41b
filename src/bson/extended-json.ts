import { DocrowError } from '../errors/docrow-error.ts';
import { readBinaryContent } from './binary-content.ts';
import { bsonType } from './bson-type.ts';
import { decimal128Text, readDecimal128 } from './decimal128.ts';
import { decodeTextLoosely } from './decode-text.ts';
import { keyEnd, valueEnd } from './value-end.ts';

const maxDepth = 2000;

/** A document or array that is being written. */
interface OpenContainer {
  readonly isArray: boolean;
  /** Offset of the final zero byte. */
  readonly limit: number;
  /** Offset of the next element. */
  at: number;
  isEmpty: boolean;
  /** What follows after the last element. */
  readonly closing: string;
}

/**
 * A BSON value as canonical Extended JSON v2, without spaces, for people to read and for exports: keys in their
 * order and as often as they stand there, int64 and Decimal128 with all digits, `1.0` and `-0.0` for doubles.
 *
 * Bytes that are not UTF-8 appear as U+FFFD, a NUL as an escape. The value is one that `valueEnd` has accepted.
 * @throws DocrowError `document-corrupt`, or `document-too-deep` over 2,000 levels
 */
export function extendedJsonText(type: number, bytes: Uint8Array, view: DataView, at: number): string {
  const open: OpenContainer[] = [];
  let text = '';

  const write = (valueType: number, valueAt: number): void => {
    let isArray = false;
    let start = valueAt;
    let closing = '}';
    if (valueType === bsonType.array) {
      isArray = true;
      closing = ']';
      text += '[';
    } else if (valueType === bsonType.document) {
      text += '{';
    } else if (valueType === bsonType.codeWithScope) {
      start = valueAt + 8 + view.getInt32(valueAt + 4, true);
      closing = '}}';
      text += `{"$code":${stringText(bytes, view, valueAt + 4)},"$scope":{`;
    } else {
      text += scalarText(valueType, bytes, view, valueAt);
      return;
    }
    if (open.length === maxDepth) {
      throw new DocrowError('document-too-deep', `A value is nested deeper than ${maxDepth} levels`, {
        maxDepth,
      });
    }
    const limit = valueEnd(bsonType.document, bytes, view, start, bytes.length) - 1;
    open.push({ isArray, limit, at: start + 4, isEmpty: true, closing });
  };

  write(type, at);
  for (let container = open.at(-1); container !== undefined; container = open.at(-1)) {
    if (container.at >= container.limit) {
      text += container.closing;
      open.pop();
      continue;
    }
    const valueType = bytes[container.at] as number;
    const keyStart = container.at + 1;
    const keyStop = keyEnd(bytes, keyStart, container.limit);
    container.at = valueEnd(valueType, bytes, view, keyStop + 1, container.limit);
    if (!container.isEmpty) text += ',';
    container.isEmpty = false;
    if (!container.isArray) text += `${JSON.stringify(decodeTextLoosely(bytes, keyStart, keyStop))}:`;
    write(valueType, keyStop + 1);
  }
  return text;
}

/** The same for a whole document that begins at `start`. */
export function extendedJsonOfDocument(bytes: Uint8Array, view: DataView, start: number): string {
  return extendedJsonText(bsonType.document, bytes, view, start);
}

function scalarText(type: number, bytes: Uint8Array, view: DataView, at: number): string {
  switch (type) {
    case bsonType.string:
      return stringText(bytes, view, at);
    case bsonType.boolean:
      return bytes[at] === 0 ? 'false' : 'true';
    case bsonType.null:
      return 'null';
    case bsonType.int32:
      return `{"$numberInt":"${view.getInt32(at, true)}"}`;
    case bsonType.int64:
      return `{"$numberLong":"${view.getBigInt64(at, true)}"}`;
    case bsonType.double:
      return `{"$numberDouble":"${doubleText(view.getFloat64(at, true))}"}`;
    case bsonType.decimal128:
      return `{"$numberDecimal":"${decimal128Text(readDecimal128(view, at))}"}`;
    case bsonType.date:
      return `{"$date":{"$numberLong":"${view.getBigInt64(at, true)}"}}`;
    case bsonType.objectId:
      return objectIdText(bytes, at);
    case bsonType.binary: {
      const { subtype, start, end } = readBinaryContent(bytes, view, at);
      const base64 = Buffer.from(bytes.subarray(start, end)).toString('base64');
      return `{"$binary":{"base64":"${base64}","subType":"${subtype.toString(16).padStart(2, '0')}"}}`;
    }
    case bsonType.timestamp:
      return `{"$timestamp":{"t":${view.getUint32(at + 4, true)},"i":${view.getUint32(at, true)}}}`;
    case bsonType.regex: {
      const patternEnd = keyEnd(bytes, at, bytes.length);
      const optionsEnd = keyEnd(bytes, patternEnd + 1, bytes.length);
      const pattern = JSON.stringify(decodeTextLoosely(bytes, at, patternEnd));
      const options = JSON.stringify(decodeTextLoosely(bytes, patternEnd + 1, optionsEnd));
      return `{"$regularExpression":{"pattern":${pattern},"options":${options}}}`;
    }
    case bsonType.dbPointer: {
      const id = objectIdText(bytes, at + 4 + view.getInt32(at, true));
      return `{"$dbPointer":{"$ref":${stringText(bytes, view, at)},"$id":${id}}}`;
    }
    case bsonType.code:
      return `{"$code":${stringText(bytes, view, at)}}`;
    case bsonType.symbol:
      return `{"$symbol":${stringText(bytes, view, at)}}`;
    case bsonType.undefined:
      return '{"$undefined":true}';
    case bsonType.minKey:
      return '{"$minKey":1}';
    case bsonType.maxKey:
      return '{"$maxKey":1}';
    default:
      throw new DocrowError('document-corrupt', 'BSON is damaged: there is no such type', {
        offset: at,
        type,
      });
  }
}

const stringText = (bytes: Uint8Array, view: DataView, at: number): string =>
  JSON.stringify(decodeTextLoosely(bytes, at + 4, at + 3 + view.getInt32(at, true)));

const objectIdText = (bytes: Uint8Array, at: number): string =>
  `{"$oid":"${Buffer.from(bytes.subarray(at, at + 12)).toString('hex')}"}`;

function doubleText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
