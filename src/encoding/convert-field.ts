import { createHash } from 'node:crypto';
import { bsonType } from '../bson/bson-type.ts';
import type { ColumnMapping, ColumnType } from '../mapping/mapping.ts';
import { decimalText, readDecimal128 } from './decimal128.ts';
import { binaryContent } from './json-scalars.ts';
import { createMemory, type FieldWriter, type Memory, requireRoom } from './memory.ts';
import { numberField } from './number-fields.ts';
import { writeBytes, writeUuid } from './plain-fields.ts';
import { textField } from './text-field.ts';
import { isTimestamp, parseInstant } from './time.ts';
import { readMilliseconds, readString, timeField, writeTimestamp } from './time-fields.ts';
import { ValueProblem } from './value-problem.ts';
import { writeHex } from './write-digits.ts';
import { createJsonWriter } from './write-json.ts';
import { writeAscii } from './write-text.ts';
import { writeIsoTime } from './write-time-text.ts';

const failed = (reason: string): ValueProblem => new ValueProblem('value-convert-failed', reason);

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
      if (output.bytes.toString('utf8', position + 4, end).length > type.length) {
        throw new ValueProblem('value-out-of-range', `The text has more than ${type.length} characters`);
      }
    }
    output.view.setInt32(position, end - position - 4);
    return end;
  };
}

/** The text that `convert: ejson` gives: canonical Extended JSON with equal numbers spelt alike. */
const createKeyWriter = () => createJsonWriter({ style: 'key', nul: 'json', duplicates: 'keep' });

function uuidv5Field(column: ColumnMapping): FieldWriter {
  const writeKey = createKeyWriter();
  let scratch = createMemory(1024);

  function keyText(type: number, input: Memory, at: number): Buffer {
    for (;;) {
      try {
        const end = writeKey(type, input, at, scratch, 0);
        if (end <= scratch.bytes.length) return scratch.bytes.subarray(0, end);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
      scratch = createMemory(scratch.bytes.length * 2);
    }
  }

  /** Writes the 16 bytes of the UUID behind a length, whatever the column's type. */
  function write(type: number, input: Memory, at: number, output: Memory, position: number): number {
    const end = writeUuid(type, input, at, output, position);
    if (end > 0) return end;
    const hash = createHash('sha1')
      .update(uuidNamespace)
      .update(keyText(type, input, at))
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
    if (text === undefined) throw failed('Only numbers, booleans and texts have a text form');
    return writeAscii(text, output, position);
  });
  return (type, input, at, output, position) =>
    (type === bsonType.string ? plain : fromNumber)(type, input, at, output, position);
}

function hexField(column: ColumnMapping): FieldWriter {
  return asTextField(column.type, (type, input, at, output, position) => {
    if (type !== bsonType.objectId) throw failed('Only an ObjectId has this form');
    return writeHex(input, at, 12, output, position);
  });
}

const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function base64Field(column: ColumnMapping): FieldWriter {
  if (column.type.name === 'bytea') {
    return (type, input, at, output, position) => {
      const text = type === bsonType.string ? readString(input, at) : '*';
      if (!base64Form.test(text)) throw failed('The value is not base64 text');
      const bytes = Buffer.from(text, 'base64');
      return writeBytes({ bytes, view: input.view }, 0, bytes.length, output, position);
    };
  }
  return asTextField(column.type, (type, input, at, output, position) => {
    if (type !== bsonType.binary) throw failed('Only a binary has a base64 form');
    const { start, end } = binaryContent(input, at);
    return writeAscii(input.bytes.toString('base64', start, end), output, position);
  });
}

function isoField(column: ColumnMapping): FieldWriter {
  if (column.type.name === 'timestamptz' || column.type.name === 'timestamp') {
    return (type, input, at, output, position) => {
      if (type === bsonType.date) return writeTimestamp(readMilliseconds(input, at), 0, output, position);
      const instant = type === bsonType.string ? parseInstant(readString(input, at), true) : undefined;
      if (instant === undefined) throw failed('The value is not an ISO 8601 time');
      return writeTimestamp(instant.ms, instant.micros, output, position);
    };
  }
  const plain = textField(column.type, column.nul);
  const fromDate = asTextField(column.type, (type, input, at, output, position) => {
    if (type !== bsonType.date) throw failed('The value is neither a date nor a text');
    return writeIsoTime(input, at, output, position);
  });
  return (type, input, at, output, position) =>
    (type === bsonType.string ? plain : fromDate)(type, input, at, output, position);
}

const isNumber = (type: number): boolean =>
  type === bsonType.int32 || type === bsonType.int64 || type === bsonType.double;

/** Microseconds since 1970 of a number of seconds or milliseconds; undefined when it is finer than that. */
function epochMicros(type: number, input: Memory, at: number, perUnit: number): bigint | undefined {
  if (type !== bsonType.double) {
    const whole =
      type === bsonType.int32 ? BigInt(input.view.getInt32(at, true)) : input.view.getBigInt64(at, true);
    return whole * BigInt(perUnit);
  }
  const value = input.view.getFloat64(at, true);
  if (Number.isInteger(value)) return BigInt(value) * BigInt(perUnit);
  if (perUnit !== 1_000_000 || !Number.isFinite(value)) return undefined;
  const micros = Math.round(value * 1e6);
  return micros / 1e6 === value ? BigInt(micros) : undefined;
}

function epochField(column: ColumnMapping, perUnit: 1000 | 1_000_000): FieldWriter {
  const { type: columnType } = column;
  if (columnType.name === 'timestamptz' || columnType.name === 'timestamp') {
    return (type, input, at, output, position) => {
      if (type === bsonType.date) return writeTimestamp(readMilliseconds(input, at), 0, output, position);
      const micros = isNumber(type) ? epochMicros(type, input, at, perUnit) : undefined;
      if (micros === undefined) throw failed('The value is not a time in this unit');
      const rest = ((micros % 1000n) + 1000n) % 1000n;
      return writeTimestamp(Number((micros - rest) / 1000n), Number(rest), output, position);
    };
  }
  const plain = timeOrNumber(columnType);
  const number = createMemory(8);
  return (type, input, at, output, position) => {
    if (type !== bsonType.date) {
      if (!isNumber(type) && type !== bsonType.decimal128)
        throw failed('The value is neither a date nor a number');
      return plain(type, input, at, output, position);
    }
    const ms = input.view.getBigInt64(at, true);
    if (perUnit === 1000 || ms % 1000n === 0n) {
      number.view.setBigInt64(0, perUnit === 1000 ? ms : ms / 1000n, true);
      return plain(bsonType.int64, number, 0, output, position);
    }
    if (columnType.name === 'bigint' || !isTimestamp(Number(ms)))
      throw failed('The date has a fraction of a second');
    number.view.setFloat64(0, Number(ms) / 1000, true);
    return plain(bsonType.double, number, 0, output, position);
  };
}

const timeOrNumber = (type: ColumnType): FieldWriter =>
  type.name === 'date' || type.name === 'time' ? timeField(type) : numberField(type);

/** The writer of a column with `convert`, for one value (an element, when the column is an array). */
export function convertField(column: ColumnMapping): FieldWriter {
  switch (column.convert) {
    case 'uuidv5':
      return uuidv5Field(column);
    case 'ejson': {
      const writeKey = createKeyWriter();
      return asTextField(column.type, writeKey);
    }
    case 'hex':
      return hexField(column);
    case 'epoch-ms':
      return epochField(column, 1000);
    case 'epoch-s':
      return epochField(column, 1_000_000);
    case 'iso':
      return isoField(column);
    case 'base64':
      return base64Field(column);
    default:
      return textConvertField(column);
  }
}
