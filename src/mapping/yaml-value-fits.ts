import type { ColumnType, YamlValue } from './mapping.ts';
import { typeSql } from './type-sql.ts';
import { exceedsInt64 } from './yaml-to-bson.ts';

const integerBits = { smallint: 16n, integer: 32n, bigint: 64n } as const;
const maxExactInteger = 2n ** 53n;

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const decimalForm = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/;
const dateForm = /^\d{4}-\d\d-\d\d$/;
const timeForm = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?$/;
const instantForm = /^\d{4}-\d\d-\d\d[Tt ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)$/;

/**
 * Says why a value written in the mapping (a default, a value of `check`) cannot stand in a column of the type, or
 * undefined when nothing speaks against it. Null fits every type.
 */
export function unfitReason(value: YamlValue, type: ColumnType): string | undefined {
  if (value === null) return undefined;
  if (typeof value === 'bigint' && exceedsInt64(value)) return 'goes beyond 64 bits; write it as a text';
  if (!type.array) return unfitScalar(value, type);
  if (!Array.isArray(value)) return `must be a list for the type ${typeSql(type)}`;
  const item = { ...type, array: false };
  for (const [i, element] of value.entries()) {
    const reason = element === null ? undefined : unfitScalar(element, item);
    if (reason !== undefined) return `has an item ${i + 1} that ${reason}`;
  }
  return undefined;
}

function unfitScalar(value: YamlValue, type: ColumnType): string | undefined {
  switch (type.name) {
    case 'smallint':
    case 'integer':
    case 'bigint':
      if (!isWhole(value)) return `must be a whole number for the type ${type.name}`;
      return BigInt.asIntN(Number(integerBits[type.name]), BigInt(value)) === BigInt(value)
        ? undefined
        : `goes beyond the range of ${type.name}`;
    case 'numeric':
      if (isNumber(value) || (typeof value === 'string' && decimalForm.test(value)))
        return unfitNumeric(value, type);
      return 'must be a number for the type numeric';
    case 'real':
      if (!isNumber(value)) return 'must be a number for the type real';
      return Object.is(Math.fround(Number(value)), Number(value))
        ? undefined
        : 'cannot be stored exactly as real';
    case 'double precision':
      if (!isNumber(value)) return 'must be a number for the type double precision';
      return typeof value === 'bigint' && (value > maxExactInteger || value < -maxExactInteger)
        ? 'cannot be stored exactly as double precision'
        : undefined;
    case 'boolean':
      return typeof value === 'boolean' || value === 'true' || value === 'false'
        ? undefined
        : 'must be true or false';
    case 'text':
    case 'varchar':
      if (typeof value !== 'string') return `must be a text for the type ${typeSql(type)}; put it in quotes`;
      if (type.length !== undefined && [...value].length > type.length)
        return `is longer than ${typeSql(type)}`;
      return nulReason(value);
    case 'uuid':
      return unfitText(value, uuidForm, 'a uuid such as 00000000-0000-0000-0000-000000000000');
    case 'date':
      return unfitText(value, dateForm, 'a date such as 2024-01-31');
    case 'time':
      return unfitText(value, timeForm, 'a time such as 23:59:59');
    case 'timestamp':
    case 'timestamptz':
      return unfitText(value, instantForm, 'a date with time and offset such as 2024-01-31T23:59:59Z');
    case 'bytea':
      return 'must be null: a mapping cannot write bytes';
    case 'json':
    case 'jsonb':
      return unfitJson(value);
  }
}

function unfitText(value: YamlValue, form: RegExp, what: string): string | undefined {
  return typeof value === 'string' && form.test(value) ? undefined : `must be ${what}`;
}

function unfitNumeric(
  value: number | bigint | string,
  { precision, scale = 0 }: ColumnType,
): string | undefined {
  const digits = decimalForm.exec(String(value));
  if (precision === undefined || digits === null) return undefined;
  const whole = digits[1] === '0' ? '' : digits[1]!;
  const fraction = (digits[2] ?? '').slice(1).replace(/0+$/, '');
  return whole.length > precision - scale || fraction.length > scale
    ? `does not fit numeric(${precision},${scale})`
    : undefined;
}

function unfitJson(value: YamlValue): string | undefined {
  if (typeof value === 'bigint' && exceedsInt64(value))
    return 'holds a number beyond 64 bits; write it as a text';
  if (typeof value === 'string') return nulReason(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value) && Object.keys(value).some((key) => key.includes('\0'))) return nulReason('\0');
  for (const item of Object.values(value)) {
    const reason = unfitJson(item as YamlValue);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

const nulReason = (text: string): string | undefined =>
  text.includes('\0') ? 'holds a NUL character, which PostgreSQL cannot store' : undefined;

const isNumber = (value: YamlValue): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

const isWhole = (value: YamlValue): value is number | bigint =>
  typeof value === 'bigint' || Number.isInteger(value);
