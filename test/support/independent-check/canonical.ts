import { type Fields, type Node, types } from './read-bson.ts';

/** A number's value as digits and exponent, so that equal values have one text: 1.10, 11E-1 and 1.1 are `11E-1`. */
export function numberKey(number: string): string {
  const found = /^(-?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(number);
  if (found === null) return number;
  const [, sign, whole = '', fraction = '', exponent = '0'] = found;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const stripped = digits.replace(/0+$/, '');
  if (stripped === '') return '0';
  return `${sign}${stripped}E${Number(exponent) - fraction.length + digits.length - stripped.length}`;
}

/**
 * What a value is in canonical Extended JSON. Numbers are written by value: `{"$numberDouble":"1E0"}`.
 * `jsonb`: one text that does not depend on the order of keys, with NUL as docrow's rest columns have it. `text`: keys
 * in their order, and NUL as JSON has it.
 */
export function canonical(node: Node, form: 'jsonb' | 'text' = 'jsonb'): string {
  const text = (value: string): string => (form === 'jsonb' ? textWithNul(value) : JSON.stringify(value));
  const object = (fields: Fields): string =>
    `{${(form === 'jsonb' ? fields.toSorted(([x], [y]) => byKey(x, y)) : fields)
      .map(([key, value]) => `${JSON.stringify(key)}:${canonical(value, form)}`)
      .join(',')}}`;
  const v = node.value as never;
  // Extended JSON has these two the other way round.
  const pair = (a: string, x: string, b: string, y: string): string =>
    form === 'jsonb' ? `{"${a}":${x},"${b}":${y}}` : `{"${b}":${y},"${a}":${x}}`;
  const wrap = (key: string, content: string): string => `{"${key}":${content}}`;
  const quoted = (value: unknown): string => JSON.stringify(value);
  switch (node.type) {
    case 1:
      return wrap(
        '$numberDouble',
        quoted(Number.isFinite(v) ? (Object.is(v, -0) ? '-0' : numberKey(String(v))) : String(v)),
      );
    case 2:
      return text(v);
    case 3:
      return object(v as Fields);
    case 4:
      return `[${(v as Node[]).map((each) => canonical(each, form)).join(',')}]`;
    case 5: {
      const { subtype, bytes } = node.value as { subtype: number; bytes: Buffer };
      return wrap(
        '$binary',
        `{"base64":${quoted(bytes.toString('base64'))},"subType":${quoted(subtype.toString(16).padStart(2, '0'))}}`,
      );
    }
    case 6:
      return wrap('$undefined', 'true');
    case 7:
      return wrap('$oid', quoted(v));
    case 8:
    case 10:
      return String(v);
    case 9:
      return wrap('$date', wrap('$numberLong', quoted(String(v))));
    case 11: {
      const [pattern, options] = node.value as [string, string];
      return wrap('$regularExpression', pair('options', quoted(options), 'pattern', quoted(pattern)));
    }
    case 12: {
      const [name, id] = node.value as [string, string];
      return wrap('$dbPointer', pair('$id', wrap('$oid', quoted(id)), '$ref', text(name)));
    }
    case 13:
      return wrap('$code', text(v));
    case 14:
      return wrap('$symbol', text(v));
    case 15: {
      const [code, scope] = node.value as [string, Fields];
      return `{"$code":${text(code)},"$scope":${object(scope)}}`;
    }
    case 16:
      return wrap('$numberInt', quoted(String(v)));
    case 17: {
      const [seconds, increment] = node.value as [number, number];
      return wrap('$timestamp', pair('i', String(increment), 't', String(seconds)));
    }
    case 18:
      return wrap('$numberLong', quoted(String(v)));
    case 19:
      return wrap('$numberDecimal', quoted(decimalText(v)));
    default:
      return wrap(node.type === 127 ? '$maxKey' : '$minKey', '1');
  }
}

/** Decimal128 by its value and its number of digits: `1.10` and `1.1` stay apart. */
const decimalText = (text: string): string => {
  const [digits = '', exponent = '0'] = text.split('E');
  return /\d/.test(digits) ? `${digits}E${Number(exponent)}` : text;
};

export const escapeNul = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\0', '\\0');

/** As docrow's rest columns have a text with NUL, which PostgreSQL's jsonb cannot hold. */
const textWithNul = (text: string): string =>
  text.includes('\0') ? `{"$docrowNul":${JSON.stringify(escapeNul(text))}}` : JSON.stringify(text);

const byKey = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A number of JSON, kept as it is written. */
class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** JSON without loss of digits. */
export function parseJson(text: string): unknown {
  let mark = '#';
  while (text.includes(mark)) mark += '#';
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  const wrapped = text.replace(token, (part) => (part[0] === '"' ? part : `{"${mark}":"${part}"}`));
  return JSON.parse(wrapped, (_key, value) => {
    const number =
      value !== null && typeof value === 'object' ? (value as Record<string, string>)[mark] : undefined;
    return number === undefined ? value : new JsonNumber(number);
  });
}

/** The text that `canonical` gives, from Extended JSON that was read back. */
export function canonicalOfJson(json: unknown, form: 'jsonb' | 'text' = 'jsonb'): string {
  if (json instanceof JsonNumber) return json.text;
  if (Array.isArray(json)) return `[${json.map((each) => canonicalOfJson(each, form)).join(',')}]`;
  if (json === null || typeof json !== 'object') return JSON.stringify(json);
  const written = Object.entries(json);
  const entries = form === 'jsonb' ? written.toSorted(([a], [b]) => byKey(a, b)) : written;
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === '$numberDouble' && typeof first[1] === 'string') {
    const text = first[1];
    return `{"$numberDouble":"${/^-0(\.0)?$/.test(text) ? '-0' : numberKey(text)}"}`;
  }
  if (entries.length === 1 && first?.[0] === '$numberDecimal' && typeof first[1] === 'string') {
    return `{"$numberDecimal":"${scientific(first[1])}"}`;
  }
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${canonicalOfJson(value, form)}`).join(',')}}`;
}

function scientific(text: string): string {
  const found = /^(-?)(\d+)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text);
  if (found === null) return text;
  const [, sign, whole = '', fraction = '', exponent = '0'] = found;
  return `${sign}${BigInt(whole + fraction)}E${Number(exponent) - fraction.length}`;
}

/** What natural JSON says of a value; undefined where this program does not know. */
export function naturalOf(node: Node): unknown {
  const v = node.value;
  switch (node.type) {
    case types.string:
    case types.bool:
    case types.null:
      return v;
    case types.int:
    case types.long:
      return new JsonNumber(String(v));
    case types.double:
      return Number.isFinite(v) ? new JsonNumber(Object.is(v, -0) ? '0' : String(v)) : String(v);
    case types.objectId:
      return v;
    case types.array:
      return (v as Node[]).map(naturalOf);
    case types.object:
      return Object.fromEntries((v as Fields).map(([key, value]) => [key, naturalOf(value)]));
    case types.date:
      return new Date(Number(v)).toISOString();
    default:
      return undefined;
  }
}

export function sameJson(a: unknown, b: unknown): boolean {
  if (a instanceof JsonNumber && b instanceof JsonNumber) return numberKey(a.text) === numberKey(b.text);
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((x, i) => sameJson(x, b[i]));
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(x);
  return (
    keys.length === Object.keys(y).length &&
    keys.every((key) => Object.hasOwn(y, key) && sameJson(x[key], y[key]))
  );
}
