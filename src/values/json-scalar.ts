import { decimal128Text } from '../bson/decimal128.ts';
import { type BsonValue, isUuid, uuidText } from './bson-value.ts';
import { normalizedNumber } from './normalized-number.ts';
import { isoText } from './time-text.ts';

/**
 * `natural` and `canonical` as in the mapping; `normalized` is canonical with equal numbers written alike, the form
 * of `convert: ejson`.
 */
export type JsonStyle = 'natural' | 'canonical' | 'normalized';

/** Values without texts or elements of their own inside. */
export type JsonScalar = Exclude<
  BsonValue,
  {
    readonly type:
      | 'string'
      | 'symbol'
      | 'code'
      | 'document'
      | 'array'
      | 'regex'
      | 'dbPointer'
      | 'codeWithScope';
  }
>;

/** The JSON text of a value that holds no text to be escaped. */
export function scalarJson(value: JsonScalar, style: JsonStyle): string {
  if (style === 'natural') return naturalJson(value) ?? canonicalJson(value);
  if (style === 'normalized') return normalizedNumber(value) ?? canonicalJson(value);
  return canonicalJson(value);
}

function naturalJson(value: JsonScalar): string | undefined {
  switch (value.type) {
    case 'int32':
    case 'int64':
      return value.value.toString();
    case 'double':
      // `String` prints −0 as 0.
      return Number.isFinite(value.value) ? String(value.value) : `"${value.value}"`;
    case 'decimal128': {
      const { kind, coefficient } = value.value;
      if (kind !== 'finite') return `"${decimal128Text(value.value)}"`;
      return decimal128Text(coefficient === 0n ? { ...value.value, negative: false } : value.value);
    }
    case 'date':
      return `"${isoText(value.milliseconds)}"`;
    case 'objectId':
      return `"${value.bytes.toString('hex')}"`;
    case 'binary':
      return isUuid(value) ? `"${uuidText(value.bytes)}"` : `"${value.bytes.toString('base64')}"`;
    default:
      return undefined;
  }
}

function canonicalJson(value: JsonScalar): string {
  switch (value.type) {
    case 'int32':
      return `{"$numberInt":"${value.value}"}`;
    case 'int64':
      return `{"$numberLong":"${value.value}"}`;
    case 'double':
      return `{"$numberDouble":"${canonicalDouble(value.value)}"}`;
    case 'decimal128':
      return `{"$numberDecimal":"${decimal128Text(value.value)}"}`;
    case 'date':
      return `{"$date":{"$numberLong":"${value.milliseconds}"}}`;
    case 'objectId':
      return `{"$oid":"${value.bytes.toString('hex')}"}`;
    case 'binary': {
      const subtype = value.subtype.toString(16).padStart(2, '0');
      return `{"$binary":{"base64":"${value.bytes.toString('base64')}","subType":"${subtype}"}}`;
    }
    case 'timestamp':
      return `{"$timestamp":{"t":${value.seconds},"i":${value.increment}}}`;
    case 'boolean':
      return String(value.value);
    case 'null':
      return 'null';
    case 'undefined':
      return '{"$undefined":true}';
    case 'minKey':
      return '{"$minKey":1}';
    case 'maxKey':
      return '{"$maxKey":1}';
  }
}

/** Integral doubles show a point, and zero its sign, so that the text leads back to a double. */
function canonicalDouble(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}
