import type { BsonValue } from './bson-value.ts';
import { mismatch, outOfRange, type ValuePath } from './value-path.ts';

const largestExactInteger = 2n ** 53n;

/** double precision: every double as it is (−0, NaN and infinities too), and integers up to 2^53 either way. */
export function toDoublePrecision(value: BsonValue, path: ValuePath): string {
  switch (value.type) {
    case 'double':
      return floatText(value.value);
    case 'int32':
      return String(value.value);
    case 'int64':
      if (value.value > largestExactInteger || value.value < -largestExactInteger) {
        throw outOfRange('The integer is beyond 2^53, so double precision might round it', path);
      }
      return value.value.toString();
    default:
      throw mismatch('The value is not a number that double precision can hold', path);
  }
}

/** real: doubles and integers that it holds exactly. */
export function toReal(value: BsonValue, path: ValuePath): string {
  switch (value.type) {
    case 'double':
      if (!Number.isNaN(value.value) && Math.fround(value.value) !== value.value) throw notExact(path);
      return floatText(value.value);
    case 'int32':
    case 'int64':
      if (BigInt(Math.fround(Number(value.value))) !== BigInt(value.value)) throw notExact(path);
      return value.value.toString();
    default:
      throw mismatch('The value is not a number that real can hold', path);
  }
}

const notExact = (path: ValuePath): Error => outOfRange('The number cannot be held exactly by real', path);

/** `String` prints −0 without its sign. */
const floatText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
