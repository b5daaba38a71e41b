import { Binary, Decimal128, Double, Int32, Long, ObjectId, serialize, UUID } from 'bson';
import type { YamlValue } from '../mapping/mapping.ts';
import { exceedsInt64, toBsonObject } from '../mapping/yaml-to-bson.ts';
import { filterProblem } from './filter-problem.ts';

/** A value of a filter as a BSON value, so that it is compared as one. */
export interface FilterLiteral {
  readonly type: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly at: number;
}

export type YamlObject = { readonly [key: string]: YamlValue };

/**
 * Reads a plain value or Extended JSON (`$oid`, `$date`, `$numberLong` …), also inside arrays and documents.
 * @throws DocrowError `mapping-invalid`
 */
export function parseLiteral(value: YamlValue): FilterLiteral {
  const bytes = serialize(new Map([['', literalObject(value)]]) as unknown as Record<string, unknown>);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { type: bytes[4]!, bytes, view, at: 6 };
}

/** True for an object that Extended JSON uses for one value. */
export function isExtendedJson(value: YamlObject): boolean {
  const [key] = Object.keys(value);
  return key !== undefined && Object.hasOwn(wrappers, key);
}

function literalObject(value: YamlValue): unknown {
  if (typeof value === 'bigint' && exceedsInt64(value)) {
    throw filterProblem(`the number ${value} goes beyond 64 bits; use $numberDecimal`);
  }
  if (Array.isArray(value)) return value.map(literalObject);
  if (!isObject(value)) return toBsonObject(value);
  const keys = Object.keys(value);
  const operator = keys.find((key) => key.startsWith('$'));
  if (operator === undefined) {
    return new Map(Object.entries(value).map(([key, item]) => [key, literalObject(item)]));
  }
  const wrapper = Object.hasOwn(wrappers, operator) ? wrappers[operator as keyof typeof wrappers] : undefined;
  if (wrapper === undefined) throw filterProblem(`${operator} is not supported inside a value`);
  const read = keys.length === 1 ? wrapper(value[operator]!) : undefined;
  if (read === undefined) throw filterProblem(`the value of ${operator} is not valid Extended JSON`);
  return read;
}

type Wrapper = (value: YamlValue) => unknown;

/** Each gives undefined for what it does not take. */
const wrappers = {
  $oid: matching(/^[0-9a-f]{24}$/i, (hex) => ObjectId.createFromHexString(hex)),
  $uuid: matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, (text) => new UUID(text)),
  $numberInt: matching(
    /^-?\d{1,10}$/,
    (text) => (Number(text) | 0) === Number(text) && new Int32(Number(text)),
  ),
  $numberLong: matching(
    /^-?\d{1,19}$/,
    (text) => !exceedsInt64(BigInt(text)) && Long.fromBigInt(BigInt(text)),
  ),
  $numberDouble: matching(
    /^(NaN|-?Infinity|-?\d+(\.\d+)?(e[+-]?\d+)?)$/i,
    (text) => new Double(Number(text)),
  ),
  $numberDecimal: matching(/^(NaN|-?Infinity|[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?)$/i, (text) =>
    Decimal128.fromStringWithRounding(text),
  ),
  $date: readDate,
  $binary: readBinary,
} as const satisfies Readonly<Record<string, Wrapper>>;

/** For wrappers of one text; `read` gives false for a text that has the form but not the range. */
function matching(form: RegExp, read: (text: string) => unknown): Wrapper {
  return (value) => (typeof value === 'string' && form.test(value) ? read(value) || undefined : undefined);
}

const isoForm = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** A date without offset is UTC. */
function readDate(value: YamlValue): Date | undefined {
  let ms: number;
  if (typeof value === 'string' && isoForm.test(value)) {
    const text = value.replace(' ', 'T');
    ms = Date.parse(/T.*(Z|[+-]\d\d:?\d\d)$/i.test(text) || !/T/i.test(text) ? text : `${text}Z`);
  } else if (isObject(value) && typeof value['$numberLong'] === 'string') {
    ms = Number(value['$numberLong']);
  } else ms = typeof value === 'number' ? value : Number.NaN;
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function readBinary(value: YamlValue): Binary | undefined {
  if (!isObject(value)) return undefined;
  const { base64, subType } = value;
  if (typeof base64 !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined;
  const subtype = String(subType ?? '0');
  if (!/^[0-9a-f]{1,2}$/i.test(subtype)) return undefined;
  return new Binary(Buffer.from(base64, 'base64'), Number.parseInt(subtype, 16));
}

export function isObject(value: YamlValue | undefined): value is YamlObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
