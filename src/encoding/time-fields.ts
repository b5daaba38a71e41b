import { bsonType } from '../bson/bson-type.ts';
import type { ColumnType } from '../mapping/mapping.ts';
import type { FieldWriter, Memory } from './memory.ts';
import { refuseMismatch } from './refuse-value.ts';
import {
  epochOffsetMs,
  isTimestamp,
  isTimestampMicros,
  largestDate,
  parseDate,
  parseInstant,
  parseTimeOfDay,
  smallestDate,
} from './time.ts';
import { outOfRange } from './value-problem.ts';

const msPerDay = 86_400_000;

/** Milliseconds further from 2000 than this do not fit a double once they are microseconds. */
const exactMs = 8_796_093_022_208;

function writeMicros(micros: bigint, output: Memory, position: number): number {
  output.view.setInt32(position, 8);
  output.view.setBigInt64(position + 4, micros - BigInt(epochOffsetMs) * 1000n);
  return position + 12;
}

/** Writes a timestamp field: microseconds from 2000. @throws ValueProblem outside PostgreSQL's range */
export function writeTimestamp(ms: number, micros: number, output: Memory, position: number): number {
  if (!isTimestamp(ms)) throw outOfRange('The time lies outside the range of PostgreSQL');
  const shifted = ms - epochOffsetMs;
  if (shifted <= -exactMs || shifted >= exactMs) {
    return writeMicros(BigInt(ms) * 1000n + BigInt(micros), output, position);
  }
  output.view.setInt32(position, 8);
  const value = shifted * 1000 + micros;
  const high = Math.floor(value / 0x100000000);
  output.view.setInt32(position + 4, high);
  output.view.setUint32(position + 8, value - high * 0x100000000);
  return position + 12;
}

/** Like writeTimestamp for any number of microseconds from 1970: PostgreSQL has some whose milliseconds pass 2^53. */
export function writeTimestampMicros(micros: bigint, output: Memory, position: number): number {
  if (!isTimestampMicros(micros)) throw outOfRange('The time lies outside the range of PostgreSQL');
  return writeMicros(micros, output, position);
}

/** Writes a BSON date as a timestamp field. */
export function writeDateTimestamp(input: Memory, at: number, output: Memory, position: number): number {
  const high = input.view.getInt32(at + 4, true);
  if (high >= -0x200000 && high < 0x200000) {
    const ms = high * 0x100000000 + input.view.getUint32(at, true);
    return writeTimestamp(ms, 0, output, position);
  }
  return writeTimestampMicros(input.view.getBigInt64(at, true) * 1000n, output, position);
}

export const readString = (input: Memory, at: number): string =>
  input.bytes.toString('latin1', at + 4, at + 3 + input.view.getInt32(at, true));

const writeTimestampField: FieldWriter = (type, input, at, output, position) => {
  if (type === bsonType.date) return writeDateTimestamp(input, at, output, position);
  if (type === bsonType.string) {
    const instant = parseInstant(readString(input, at), false);
    if (instant === undefined)
      throw refuseMismatch(type, input, at, 'The text is not an RFC 3339 time with an offset');
    return writeTimestamp(instant.ms, instant.micros, output, position);
  }
  if (type === bsonType.timestamp) {
    return writeTimestamp(input.view.getUint32(at + 4, true) * 1000, 0, output, position);
  }
  throw refuseMismatch(type, input, at, 'The value is not a date');
};

function writeDate(day: number, output: Memory, position: number): number {
  if (day < smallestDate || day > largestDate)
    throw outOfRange('The date lies outside the range of PostgreSQL');
  output.view.setInt32(position, 4);
  output.view.setInt32(position + 4, day);
  return position + 8;
}

const writeDateField: FieldWriter = (type, input, at, output, position) => {
  if (type === bsonType.date) {
    const shifted = input.view.getBigInt64(at, true) - BigInt(epochOffsetMs);
    if (shifted % BigInt(msPerDay) !== 0n)
      throw refuseMismatch(type, input, at, 'The date is not at midnight UTC');
    return writeDate(Number(shifted / BigInt(msPerDay)), output, position);
  }
  if (type === bsonType.string) {
    const day = parseDate(readString(input, at));
    if (day === undefined)
      throw refuseMismatch(type, input, at, 'The text is not a date of the form YYYY-MM-DD');
    return writeDate(day, output, position);
  }
  throw refuseMismatch(type, input, at, 'The value is not a date');
};

const writeTimeField: FieldWriter = (type, input, at, output, position) => {
  const micros = type === bsonType.string ? parseTimeOfDay(readString(input, at)) : undefined;
  if (micros === undefined)
    throw refuseMismatch(type, input, at, 'The value is not a time of the form HH:MM:SS');
  output.view.setInt32(position, 8);
  output.view.setBigInt64(position + 4, BigInt(micros));
  return position + 12;
};

/** The writer of a date or time column without `convert`. */
export function timeField(type: ColumnType): FieldWriter {
  if (type.name === 'date') return writeDateField;
  return type.name === 'time' ? writeTimeField : writeTimestampField;
}
