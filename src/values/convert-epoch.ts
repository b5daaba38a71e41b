import type { ColumnType } from '../mapping/mapping.ts';
import type { BsonValue } from './bson-value.ts';
import { microsPerMs } from './calendar.ts';
import type { Converted } from './convert-named.ts';
import { decimalText, parseDecimal, plainDecimal, shortened, withScale } from './plain-decimal.ts';
import { convertFailed, type ValuePath } from './value-path.ts';

/**
 * The converts `epoch-ms` and `epoch-s`. Into timestamptz and timestamp: numbers since 1970 become instants, dates
 * stay. Into number types: dates become numbers since 1970, numbers stay.
 */
export function convertEpoch(
  value: BsonValue,
  type: ColumnType,
  unit: 'ms' | 's',
  path: ValuePath,
): Converted {
  if (type.name === 'timestamptz' || type.name === 'timestamp') {
    return value.type === 'date'
      ? { kind: 'value', value }
      : { kind: 'micros', micros: instantOf(value, unit, path) };
  }
  if (value.type === 'date') return { kind: 'value', value: numberOf(value.milliseconds, type, unit, path) };
  if (!isNumber(value))
    throw convertFailed('Only dates and numbers can be converted to a time since 1970', path);
  return { kind: 'value', value };
}

const isNumber = (value: BsonValue): boolean =>
  ['int32', 'int64', 'double', 'decimal128'].includes(value.type);

/** Milliseconds have to be integral; seconds may have decimals down to microseconds. */
function instantOf(value: BsonValue, unit: 'ms' | 's', path: ValuePath): bigint {
  const number = decimalOf(value);
  if (number === undefined) throw convertFailed('The value is not a number since 1970', path);
  const integral = withScale(number, unit === 'ms' ? 0 : 6);
  if (integral === undefined) throw convertFailed(`The number has finer parts than ${unit} can have`, path);
  return unit === 'ms' ? integral * microsPerMs : integral;
}

function decimalOf(value: BsonValue) {
  switch (value.type) {
    case 'int32':
    case 'int64':
      return { coefficient: BigInt(value.value), scale: 0 };
    case 'double':
      return parseDecimal(String(value.value));
    case 'decimal128': {
      const { kind, negative, coefficient, exponent } = value.value;
      return kind === 'finite' ? plainDecimal(negative ? -coefficient : coefficient, exponent) : undefined;
    }
    default:
      return undefined;
  }
}

/** A date as a number since 1970: an integer, or a fraction of seconds in columns that hold one. */
function numberOf(milliseconds: bigint, type: ColumnType, unit: 'ms' | 's', path: ValuePath): BsonValue {
  if (unit === 'ms') return { type: 'int64', value: milliseconds };
  if (milliseconds % 1000n === 0n) return { type: 'int64', value: milliseconds / 1000n };
  const seconds = shortened({ coefficient: milliseconds, scale: 3 });
  if (type.name === 'double precision') return { type: 'double', value: Number(decimalText(seconds)) };
  if (type.name !== 'numeric')
    throw convertFailed('The date has parts of a second, which an integer cannot hold', path);
  return {
    type: 'decimal128',
    value: {
      kind: 'finite',
      negative: milliseconds < 0n,
      coefficient: seconds.coefficient < 0n ? -seconds.coefficient : seconds.coefficient,
      exponent: -seconds.scale,
    },
  };
}
