import { createHash } from 'node:crypto';
import { bsonType } from '../bson/bson-type.ts';
import type { ColumnMapping, ColumnType } from '../mapping/mapping.ts';
import { decimalText, readDecimal128 } from './decimal128.ts';
import { epochField } from './epoch-field.ts';
import { binaryContent } from './json-scalars.ts';
import { createMemory, type FieldWriter, type Memory, memoryOf, requireRoom } from './memory.ts';
import { writeBytes, writeUuid } from './plain-fields.ts';
import { refuseConvert } from './refuse-value.ts';
import { countCharacters, textField } from './text-field.ts';
import { parseInstant } from './time.ts';
import { readString, writeDateTimestamp, writeTimestamp } from './time-fields.ts';
import { ValueProblem } from './value-problem.ts';
import { writeHex } from './write-digits.ts';
import { createJsonWriter } from './write-json.ts';
import { writeAscii, writeTextEscaped } from './write-text.ts';
import { writeIsoTime } from './write-time-text.ts';

/** Namespace of the version 5 UUIDs that docrow makes: a constant of the project, so that all runs agree. */
const uuidNamespace = Buffer.from('6f7a2c1e3f4b5d8a9c6e2b1d0a9f8e7d', 'hex');

/** Makes a text field of what `write` puts behind the length, holding varchar(n) to its length. */
function asTextField(
  type: ColumnType,
  write: (type: number, input: Memory, at: number, output: Memory, position: number) => number,
): FieldWriter {
  return (bson, input, at, output, position) => {
    const end = write(bson, input, at, output, position + 4);
    if (type.length !== undefined && end - position - 4 > type.length) {
      requireRoom(output, end);
      if (countCharacters(output.bytes, position + 4, end) > type.length) {
        throw new ValueProblem('value-out-of-range', `The text has more than ${type.length} characters`);
      }
    }
    output.view.setInt32(position, end - position - 4);
    return end;
  };
}

/** Makes the text that `convert: ejson` gives: canonical Extended JSON with equal numbers spelt alike. */
function createKeyText(): (type: number, input: Memory, at: number) => Memory {
  const writeKey = createJsonWriter(keyTextOptions);
  let scratch = createMemory(1024);
  return (type, input, at) => {
    for (;;) {
      try {
        const end = writeKey(type, input, at, scratch, 0);
        if (end <= scratch.bytes.length) return memoryOf(scratch.bytes.subarray(0, end), scratch.view);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
      scratch = createMemory(scratch.bytes.length * 2);
    }
  };
}

const keyTextOptions = { style: 'key', nul: 'json', duplicates: 'keep' } as const;

/** The text itself as the value. A column whose texts are escaped has it escaped like any other. */
function ejsonField(column: ColumnMapping): FieldWriter {
  if (column.nul !== 'escape') return asTextField(column.type, createJsonWriter(keyTextOptions));
  const keyText = createKeyText();
  return asTextField(column.type, (type, input, at, output, position) => {
    const text = keyText(type, input, at);
    return writeTextEscaped(text, 0, text.bytes.length, output, position);
  });
}

function uuidv5Field(column: ColumnMapping): FieldWriter {
  const keyText = createKeyText();

  /** Writes the 16 bytes of the UUID behind a length, whatever the column's type. */
  function write(type: number, input: Memory, at: number, output: Memory, position: number): number {
    const end = writeUuid(type, input, at, output, position);
    if (end > 0) return end;
    const hash = createHash('sha1')
      .update(uuidNamespace)
      .update(keyText(type, input, at).bytes)
      .digest();
    hash[6] = (hash[6]! & 0x0f) | 0x50;
    hash[8] = (hash[8]! & 0x3f) | 0x80;
    output.view.setInt32(position, 16);
    output.bytes.set(hash.subarray(0, 16), position + 4);
    return position + 20;
  }
  if (column.type.name === 'uuid') return write;
  const bytes = createMemory(20);
  return asTextField(column.type, (type, input, at, output, position) => {
    write(type, input, at, bytes, 0);
    const hex = bytes.bytes.toString('hex', 4, 20);
    const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
    return writeAscii(groups.join('-'), output, position);
  });
}

function numberText(type: number, input: Memory, at: number): string | undefined {
  if (type === bsonType.int32) return String(input.view.getInt32(at, true));
  if (type === bsonType.int64) return String(input.view.getBigInt64(at, true));
  if (type === bsonType.double) {
    const value = input.view.getFloat64(at, true);
    return Object.is(value, -0) ? '0' : String(value);
  }
  if (type === bsonType.boolean) return input.bytes[at] === 0 ? 'false' : 'true';
  return type === bsonType.decimal128 ? decimalText(readDecimal128(input, at)) : undefined;
}

function textConvertField(column: ColumnMapping): FieldWriter {
  const plain = textField(column.type, column.nul);
  const fromNumber = asTextField(column.type, (type, input, at, output, position) => {
    const text = numberText(type, input, at);
    if (text === undefined)
      throw refuseConvert(type, input, at, 'Only numbers, booleans and texts have a text form');
    return writeAscii(text, output, position);
  });
  return (type, input, at, output, position) =>
    (type === bsonType.string ? plain : fromNumber)(type, input, at, output, position);
}

function hexField(column: ColumnMapping): FieldWriter {
  return asTextField(column.type, (type, input, at, output, position) => {
    if (type !== bsonType.objectId) throw refuseConvert(type, input, at, 'Only an ObjectId has this form');
    return writeHex(input, at, 12, output, position);
  });
}

function base64Field(column: ColumnMapping): FieldWriter {
  if (column.type.name === 'bytea') {
    return (type, input, at, output, position) => {
      const text = type === bsonType.string ? readString(input, at) : undefined;
      const bytes = Buffer.from(text ?? '', 'base64');
      // Buffer reads leniently: only what leads back to the same text is strict base64.
      if (bytes.toString('base64') !== text) {
        throw refuseConvert(type, input, at, 'The value is not base64 text');
      }
      return writeBytes(memoryOf(bytes, input.view), 0, bytes.length, output, position);
    };
  }
  return asTextField(column.type, (type, input, at, output, position) => {
    if (type !== bsonType.binary) throw refuseConvert(type, input, at, 'Only a binary has a base64 form');
    const { start, end } = binaryContent(input, at);
    return writeAscii(input.bytes.toString('base64', start, end), output, position);
  });
}

function isoField(column: ColumnMapping): FieldWriter {
  if (column.type.name === 'timestamptz' || column.type.name === 'timestamp') {
    return (type, input, at, output, position) => {
      if (type === bsonType.date) return writeDateTimestamp(input, at, output, position);
      const instant = type === bsonType.string ? parseInstant(readString(input, at), true) : undefined;
      if (instant === undefined) throw refuseConvert(type, input, at, 'The value is not an ISO 8601 time');
      return writeTimestamp(instant.ms, instant.micros, output, position);
    };
  }
  const plain = textField(column.type, column.nul);
  const fromDate = asTextField(column.type, (type, input, at, output, position) => {
    if (type !== bsonType.date)
      throw refuseConvert(type, input, at, 'The value is neither a date nor a text');
    return writeIsoTime(input, at, output, position);
  });
  return (type, input, at, output, position) =>
    (type === bsonType.string ? plain : fromDate)(type, input, at, output, position);
}

/** The writer of a column with `convert`, for one value (an element, when the column is an array). */
export function convertField(column: ColumnMapping): FieldWriter {
  switch (column.convert) {
    case 'uuidv5':
      return uuidv5Field(column);
    case 'ejson':
      return ejsonField(column);
    case 'hex':
      return hexField(column);
    case 'epoch-ms':
      return epochField(column, 'ms');
    case 'epoch-s':
      return epochField(column, 's');
    case 'iso':
      return isoField(column);
    case 'base64':
      return base64Field(column);
    default:
      return textConvertField(column);
  }
}
