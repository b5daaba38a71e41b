import { bsonType } from '../bson/bson-type.ts';
import type { ColumnType } from '../mapping/mapping.ts';
import { type Decimal, parseDecimal, readDecimal128 } from './decimal128.ts';
import type { FieldWriter, Memory } from './memory.ts';
import { refuseMismatch } from './refuse-value.ts';
import { readString } from './time-fields.ts';
import { mismatch, outOfRange } from './value-problem.ts';
import { writeNumeric } from './write-numeric.ts';

const notNumber = (type: number, input: Memory, at: number) =>
  refuseMismatch(type, input, at, 'The value is not a number that the column can hold');
const notIntegral = () => mismatch('The number is not integral');
const tooLarge = () => outOfRange('The number is too large for the column');
const inexact = () => outOfRange('The number cannot be held exactly by the column');

function writeInt2(value: number, output: Memory, position: number): number {
  output.view.setInt32(position, 2);
  output.view.setInt16(position + 4, value);
  return position + 6;
}

function writeInt4(value: number, output: Memory, position: number): number {
  output.view.setInt32(position, 4);
  output.view.setInt32(position + 4, value);
  return position + 8;
}

/** The writer of smallint and integer columns. */
function smallIntegerField(smallest: number, largest: number, write: typeof writeInt4): FieldWriter {
  return (type, input, at, output, position) => {
    let value: number;
    if (type === bsonType.int32) value = input.view.getInt32(at, true);
    else if (type === bsonType.int64) {
      const low = input.view.getInt32(at, true);
      if (input.view.getInt32(at + 4, true) !== low >> 31) throw tooLarge();
      value = low;
    } else if (type === bsonType.double) {
      value = input.view.getFloat64(at, true);
      if (!Number.isInteger(value)) {
        throw Math.abs(value) === Number.POSITIVE_INFINITY ? notNumber(type, input, at) : notIntegral();
      }
    } else throw notNumber(type, input, at);
    if (value < smallest || value > largest) throw tooLarge();
    return write(value, output, position);
  };
}

const writeBigintField: FieldWriter = (type, input, at, output, position) => {
  const target = output.view;
  target.setInt32(position, 8);
  switch (type) {
    case bsonType.int32: {
      const value = input.view.getInt32(at, true);
      target.setInt32(position + 4, value >> 31);
      target.setInt32(position + 8, value);
      return position + 12;
    }
    case bsonType.timestamp:
      if (input.view.getInt32(at + 4, true) < 0) throw tooLarge();
      break;
    case bsonType.int64:
      break;
    case bsonType.double: {
      const value = input.view.getFloat64(at, true);
      if (!Number.isFinite(value)) throw notNumber(type, input, at);
      if (!Number.isInteger(value)) throw notIntegral();
      if (value < -(2 ** 63) || value >= 2 ** 63) throw tooLarge();
      target.setBigInt64(position + 4, BigInt(value));
      return position + 12;
    }
    default:
      throw notNumber(type, input, at);
  }
  // The same 64 bits in the other byte order: seconds and increment of a timestamp are the upper and lower half.
  target.setInt32(position + 4, input.view.getInt32(at + 4, true));
  target.setInt32(position + 8, input.view.getInt32(at, true));
  return position + 12;
};

/** The number as a double when a double holds it exactly. */
function exactDouble(type: number, input: Memory, at: number): number {
  if (type === bsonType.double) return input.view.getFloat64(at, true);
  if (type === bsonType.int32) return input.view.getInt32(at, true);
  if (type !== bsonType.int64) throw notNumber(type, input, at);
  const value = Number(input.view.getBigInt64(at, true));
  if (Math.abs(value) > 2 ** 53 || BigInt(value) !== input.view.getBigInt64(at, true)) throw inexact();
  return value;
}

/** A 64-bit integer as a float of four bytes when that holds it exactly, however large it is. */
function exactReal(value: bigint): number {
  const real = Math.fround(Number(value));
  if (BigInt(real) !== value) throw inexact();
  return real;
}

/** The bits of PostgreSQL's own NaN. */
const doubleNaN = 0x7ff8_0000_0000_0000n;
const realNaN = 0x7fc0_0000;

const writeDoubleField: FieldWriter = (type, input, at, output, position) => {
  const value = exactDouble(type, input, at);
  output.view.setInt32(position, 8);
  output.view.setFloat64(position + 4, value);
  // JavaScript may keep the payload of a NaN or not; a row has to be the same whenever it is written.
  if (Number.isNaN(value)) output.view.setBigInt64(position + 4, doubleNaN);
  return position + 12;
};

const writeRealField: FieldWriter = (type, input, at, output, position) => {
  const value =
    type === bsonType.int64 ? exactReal(input.view.getBigInt64(at, true)) : exactDouble(type, input, at);
  if (Math.fround(value) !== value && !Number.isNaN(value)) throw inexact();
  output.view.setInt32(position, 4);
  output.view.setFloat32(position + 4, value);
  if (Number.isNaN(value)) output.view.setInt32(position + 4, realNaN);
  return position + 8;
};

const decimalForm = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/;

function readDecimal(type: number, input: Memory, at: number): Decimal {
  switch (type) {
    case bsonType.int32:
      return parseDecimal(String(input.view.getInt32(at, true)));
    case bsonType.int64:
      return parseDecimal(String(input.view.getBigInt64(at, true)));
    case bsonType.decimal128:
      return readDecimal128(input, at);
    case bsonType.double: {
      const value = input.view.getFloat64(at, true);
      if (Number.isNaN(value)) return { kind: 'nan', negative: false, digits: '0', exponent: 0 };
      if (!Number.isFinite(value)) return { kind: 'infinity', negative: value < 0, digits: '0', exponent: 0 };
      return parseDecimal(String(value));
    }
    case bsonType.string: {
      const text = readString(input, at);
      if (!decimalForm.test(text))
        throw refuseMismatch(type, input, at, 'The text is not a number in plain decimal form');
      return parseDecimal(text);
    }
    default:
      throw notNumber(type, input, at);
  }
}

/** PostgreSQL's numeric holds 131,072 digits before and 16,383 after the decimal point (datatype-numeric). */
function checkLimits(decimal: Decimal): void {
  if (decimal.digits.length + decimal.exponent > 131_072 || -decimal.exponent > 16_383) throw tooLarge();
}

function checkPrecision(decimal: Decimal, precision: number, scale: number): void {
  if (decimal.kind === 'infinity') throw tooLarge();
  if (decimal.digits === '0') return;
  const significant = decimal.digits.replace(/0+$/, '');
  const exponent = decimal.exponent + decimal.digits.length - significant.length;
  if (-exponent > scale) throw outOfRange('The number has more decimals than the column');
  if (significant.length + exponent > precision - scale) throw tooLarge();
}

function numericField(precision: number | undefined, scale: number): FieldWriter {
  return (type, input, at, output, position) => {
    const decimal = readDecimal(type, input, at);
    checkLimits(decimal);
    if (precision !== undefined && decimal.kind !== 'nan') checkPrecision(decimal, precision, scale);
    return writeNumeric(decimal, output, position, precision === undefined ? undefined : scale);
  };
}

/** The writer of a number column without `convert`. */
export function numberField(type: ColumnType): FieldWriter {
  switch (type.name) {
    case 'smallint':
      return smallIntegerField(-0x8000, 0x7fff, writeInt2);
    case 'integer':
      return smallIntegerField(-0x80000000, 0x7fffffff, writeInt4);
    case 'bigint':
      return writeBigintField;
    case 'real':
      return writeRealField;
    case 'double precision':
      return writeDoubleField;
    default:
      return numericField(type.precision, type.scale ?? 0);
  }
}
