import { bsonType } from '../bson/bson-type.ts';
import type { ColumnMapping } from '../mapping/mapping.ts';
import { type Decimal, parseDecimal, readDecimal128 } from './decimal128.ts';
import { createMemory, type FieldWriter, type Memory } from './memory.ts';
import { numberField } from './number-fields.ts';
import { refuseConvert } from './refuse-value.ts';
import { writeDateTimestamp, writeTimestampMicros } from './time-fields.ts';

export type EpochUnit = 'ms' | 's';

/** A number as a decimal; undefined for other values, NaN and infinities. */
function finiteDecimal(type: number, input: Memory, at: number): Decimal | undefined {
  switch (type) {
    case bsonType.int32:
      return parseDecimal(String(input.view.getInt32(at, true)));
    case bsonType.int64:
      return parseDecimal(String(input.view.getBigInt64(at, true)));
    case bsonType.double: {
      const value = input.view.getFloat64(at, true);
      return Number.isFinite(value) ? parseDecimal(String(value)) : undefined;
    }
    case bsonType.decimal128: {
      const decimal = readDecimal128(input, at);
      return decimal.kind === 'finite' ? decimal : undefined;
    }
    default:
      return undefined;
  }
}

/** `decimal × 10^power` when that is an integer. */
function shiftedInteger(decimal: Decimal, power: number): bigint | undefined {
  const { digits, negative } = decimal;
  if (digits === '0') return 0n;
  const shift = decimal.exponent + power;
  if (shift < 0 && !/^0*$/.test(digits.slice(shift))) return undefined;
  const value = BigInt(shift < 0 ? digits.slice(0, shift) : digits + '0'.repeat(shift));
  return negative ? -value : value;
}

/** Microseconds of a time in whole milliseconds, or in seconds with at most six decimals. */
function microsOf(decimal: Decimal, unit: EpochUnit): bigint | undefined {
  if (unit === 's') return shiftedInteger(decimal, 6);
  const ms = shiftedInteger(decimal, 0);
  return ms === undefined ? undefined : ms * 1000n;
}

/** Seconds of a number of milliseconds with a fraction, as text: 1500 is 1.5. */
function secondsText(ms: bigint): string {
  const digits = (ms < 0n ? -ms : ms).toString().padStart(4, '0');
  const fraction = digits.slice(-3).replace(/0+$/, '');
  return `${ms < 0n ? '-' : ''}${digits.slice(0, -3)}.${fraction}`;
}

function instantField(unit: EpochUnit): FieldWriter {
  return (type, input, at, output, position) => {
    if (type === bsonType.date) return writeDateTimestamp(input, at, output, position);
    const decimal = finiteDecimal(type, input, at);
    const micros = decimal === undefined ? undefined : microsOf(decimal, unit);
    if (micros === undefined) throw refuseConvert(type, input, at, 'The value is not a time in this unit');
    return writeTimestampMicros(micros, output, position);
  };
}

const numberTypes: readonly number[] = [bsonType.int32, bsonType.int64, bsonType.double, bsonType.decimal128];

/** `convert: epoch-ms` and `epoch-s`: numbers become times in time columns, dates become numbers in number columns. */
export function epochField({ type: columnType }: ColumnMapping, unit: EpochUnit): FieldWriter {
  if (columnType.name === 'timestamptz' || columnType.name === 'timestamp') return instantField(unit);
  const plain = numberField(columnType);
  const number = createMemory(32);
  return (type, input, at, output, position) => {
    if (type !== bsonType.date) {
      if (!numberTypes.includes(type)) {
        throw refuseConvert(type, input, at, 'The value is neither a date nor a number');
      }
      return plain(type, input, at, output, position);
    }
    const ms = input.view.getBigInt64(at, true);
    if (unit === 'ms' || ms % 1000n === 0n) {
      number.view.setBigInt64(0, unit === 'ms' ? ms : ms / 1000n, true);
      return plain(bsonType.int64, number, 0, output, position);
    }
    const seconds = secondsText(ms);
    if (columnType.name === 'numeric') {
      number.view.setInt32(0, seconds.length + 1, true);
      number.bytes.write(`${seconds}\0`, 4, 'latin1');
      return plain(bsonType.string, number, 0, output, position);
    }
    if (columnType.name !== 'double precision') {
      throw refuseConvert(type, input, at, 'The date has a fraction of a second');
    }
    number.view.setFloat64(0, Number(seconds), true);
    return plain(bsonType.double, number, 0, output, position);
  };
}
