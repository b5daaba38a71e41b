import { bsonType } from '../bson/bson-type.ts';
import type { ColumnType } from '../mapping/mapping.ts';
import type { FieldWriter, Memory } from './memory.ts';
import {
  epochOffsetMs,
  isTimestamp,
  largestDate,
  parseDate,
  parseInstant,
  parseTimeOfDay,
  smallestDate,
} from './time.ts';
import { mismatch, outOfRange } from './value-problem.ts';

const msPerDay = 86_400_000;

/** Milliseconds further from 2000 than this do not fit a double once they are microseconds. */
const exactMs = 8_796_093_022_208;

/** Writes a timestamp field: microseconds from 2000. @throws ValueProblem outside PostgreSQL's range */
export function writeTimestamp(ms: number, micros: number, output: Memory, position: number): number {
  if (!isTimestamp(ms)) throw outOfRange('The time lies outside the range of PostgreSQL');
  output.view.setInt32(position, 8);
  const shifted = ms - epochOffsetMs;
  if (shifted > -exactMs && shifted < exactMs) {
    const value = shifted * 1000 + micros;
    const high = Math.floor(value / 0x100000000);
    output.view.setInt32(position + 4, high);
    output.view.setUint32(position + 8, value - high * 0x100000000);
  } else {
    output.view.setBigInt64(position + 4, BigInt(shifted) * 1000n + BigInt(micros));
  }
  return position + 12;
}

/** The milliseconds of a BSON date. Beyond 2^53 they are not exact, which is far outside PostgreSQL's range anyway. */
export const readMilliseconds = (input: Memory, at: number): number =>
  input.view.getInt32(at + 4, true) * 0x100000000 + input.view.getUint32(at, true);

export const readString = (input: Memory, at: number): string =>
  input.bytes.toString('latin1', at + 4, at + 3 + input.view.getInt32(at, true));

const writeTimestampField: FieldWriter = (type, input, at, output, position) => {
  if (type === bsonType.date) return writeTimestamp(readMilliseconds(input, at), 0, output, position);
  if (type === bsonType.string) {
    const instant = parseInstant(readString(input, at), false);
    if (instant === undefined) throw mismatch('The text is not an RFC 3339 time with an offset');
    return writeTimestamp(instant.ms, instant.micros, output, position);
  }
  if (type === bsonType.timestamp) {
    return writeTimestamp(input.view.getUint32(at + 4, true) * 1000, 0, output, position);
  }
  throw mismatch('The value is not a date');
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
    if (shifted % BigInt(msPerDay) !== 0n) throw mismatch('The date is not at midnight UTC');
    return writeDate(Number(shifted / BigInt(msPerDay)), output, position);
  }
  if (type === bsonType.string) {
    const day = parseDate(readString(input, at));
    if (day === undefined) throw mismatch('The text is not a date of the form YYYY-MM-DD');
    return writeDate(day, output, position);
  }
  throw mismatch('The value is not a date');
};

const writeTimeField: FieldWriter = (type, input, at, output, position) => {
  const micros = type === bsonType.string ? parseTimeOfDay(readString(input, at)) : undefined;
  if (micros === undefined) throw mismatch('The value is not a time of the form HH:MM:SS');
  output.view.setInt32(position, 8);
  output.view.setBigInt64(position + 4, BigInt(micros));
  return position + 12;
};

/** The writer of a date or time column without `convert`. */
export function timeField(type: ColumnType): FieldWriter {
  if (type.name === 'date') return writeDateField;
  return type.name === 'time' ? writeTimeField : writeTimestampField;
}
