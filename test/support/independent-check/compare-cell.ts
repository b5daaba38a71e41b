import {
  canonical,
  canonicalOfJson,
  escapeNul,
  naturalOf,
  numberKey,
  parseJson,
  sameJson,
} from './canonical.ts';
import { type Fields, type Node, types } from './read-bson.ts';

/** A column as the mapping file says it. */
export interface WrittenColumn {
  readonly from: string | string[];
  readonly type?: string;
  readonly convert?: string;
  readonly json?: string;
  readonly nul?: string;
  readonly unique?: boolean;
  /** `table.column` */
  readonly references?: string;
  readonly orphans?: string;
}

/**
 * Whether a column's text in PostgreSQL is what a value of the source should be there.
 * @param text how the column is selected: see `selectText`
 */
export function holds(column: WrittenColumn, node: Node, text: string | null): boolean {
  const type = column.type ?? 'integer';
  if (text === null) return node.type === types.null && column.convert !== 'ejson';
  if (column.convert === 'hex') return node.type === types.objectId && node.value === text;
  if (column.convert === 'ejson') return ejsonKey(node) === ejsonKeyOfJson(parseJson(text));
  if (column.convert === 'uuidv5') return uuidOf(node) === text || isHash(text);
  if (column.convert !== undefined) throw new Error(`the check knows no convert ${column.convert}`);
  if (type.endsWith('[]')) return holdsArray(column, type.slice(0, -2), node, text);
  if (type === 'jsonb' || type === 'json') {
    const unescaped = parseJson(text);
    if (column.json === 'canonical') return sameCanonical(node, unescaped, column);
    return sameJson(naturalOf(column.nul === 'escape' ? escaped(node) : node), unescaped);
  }
  return holdsScalar(type, column, node, text);
}

/** Whether a uuid is a version 5 one. That different values have different ones is seen by the key. */
const isHash = (uuid: string): boolean => /^.{14}5.{4}[89ab]/.test(uuid);

function sameCanonical(node: Node, json: unknown, column: WrittenColumn): boolean {
  const expected = column.nul === 'escape' ? canonical(escaped(node)) : canonical(node);
  return expected === canonicalOfJson(json);
}

/** Every text inside with NUL and backslash escaped, as `nul: escape` writes them. */
function escaped(node: Node): Node {
  if (node.type === types.string) return { ...node, value: escapeNul(String(node.value)) };
  if (node.type === types.array) return { ...node, value: (node.value as Node[]).map(escaped) };
  if (node.type === types.object) return { ...node, value: escapedFields(node.value as Fields) };
  if (node.type === types.code || node.type === types.symbol)
    return { ...node, value: escapeNul(String(node.value)) };
  if (node.type === types.regex) return { ...node, value: (node.value as [string, string]).map(escapeNul) };
  if (node.type === types.pointer) {
    const [name, id] = node.value as [string, string];
    return { ...node, value: [escapeNul(name), id] };
  }
  if (node.type === types.codeWithScope) {
    const [code, scope] = node.value as [string, Fields];
    return { ...node, value: [escapeNul(code), escapedFields(scope)] };
  }
  return node;
}

const escapedFields = (fields: Fields): Fields => fields.map(([key, value]) => [key, escaped(value)]);

function holdsArray(column: WrittenColumn, type: string, node: Node, text: string): boolean {
  if (node.type !== types.array) return false;
  const cells = JSON.parse(text) as (string | null)[];
  const items = node.value as Node[];
  const element = { ...column, type };
  return cells.length === items.length && items.every((item, i) => holds(element, item, cells[i]!));
}

const isNumber = ({ type }: Node): boolean =>
  [types.int, types.long, types.double, types.decimal].includes(type);

function holdsScalar(type: string, column: WrittenColumn, node: Node, text: string): boolean {
  switch (type.replace(/\(.*/, '')) {
    case 'smallint':
    case 'integer':
    case 'bigint':
      return isNumber(node) && numberKey(String(node.value)) === numberKey(text);
    case 'numeric':
      return isNumber(node) && numberKey(String(node.value)) === numberKey(text) && hasScale(node, text);
    case 'real':
    case 'double precision':
      return (
        isNumber(node) &&
        node.type !== types.decimal &&
        Object.is(Number(node.value), text === '-0' ? -0 : Number(text))
      );
    case 'boolean':
      return node.type === types.bool && String(node.value) === text;
    case 'text':
    case 'varchar':
      return (
        node.type === types.string &&
        text === (column.nul === 'escape' ? escapeNul(String(node.value)) : node.value)
      );
    case 'uuid':
      return uuidOf(node) === text;
    case 'bytea':
      return (
        node.type === types.binary &&
        (node.value as { bytes: Buffer }).bytes.toString('hex') === text.replace(/^\\x/, '')
      );
    case 'timestamptz':
    case 'timestamp':
      return microseconds(node) === BigInt(text.replace('.', ''));
    default:
      throw new Error(`the check knows no type ${type}`);
  }
}

/** Decimal128 keeps its digits after the point: 1.10 is not 1.1. */
function hasScale(node: Node, text: string): boolean {
  if (node.type !== types.decimal || !/\d/.test(text)) return true;
  const exponent = Number(String(node.value).split('E')[1]);
  return (text.split('.')[1] ?? '').length === Math.max(0, -exponent);
}

function uuidOf(node: Node): string | undefined {
  if (node.type === types.string) return String(node.value).toLowerCase();
  if (node.type !== types.binary) return undefined;
  const { subtype, bytes } = node.value as { subtype: number; bytes: Buffer };
  const hex = bytes.toString('hex');
  return subtype === 4 ? hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5') : undefined;
}

function microseconds(node: Node): bigint | undefined {
  if (node.type === types.date) return (node.value as bigint) * 1000n;
  if (node.type !== types.string) return undefined;
  const text = String(node.value);
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const whole = Date.parse(text.replace(/\.\d+/, '').replace(' ', 'T').toUpperCase());
  return BigInt(whole) * 1000n + BigInt(fraction.padEnd(6, '0'));
}

/** Numbers that are equal are one key, whatever their type. */
const ejsonKey = (node: Node): string => ejsonKeyOfText(canonical(node, 'text'));
const ejsonKeyOfJson = (json: unknown): string => ejsonKeyOfText(canonicalOfJson(json, 'text'));
const ejsonKeyOfText = (text: string): string =>
  text.replace(
    /\{"\$number(?:Int|Long|Double|Decimal)":"([^"]*)"\}/g,
    (_whole, number: string) => `#${numberKey(number)}`,
  );

/** What rows are looked up by: equal for an `_id` and the text of its column. */
export const keyOfText = (column: WrittenColumn, text: string | null): string =>
  column.convert === 'ejson'
    ? ejsonKeyOfJson(parseJson(String(text)))
    : isJsonb(column)
      ? jsonbKey(column, () => canonicalOfJson(parseJson(String(text))))
      : String(text);

/** Two `_id`s may be one jsonb: the order of keys is a declared loss of it. */
const jsonbKey = ({ json, nul }: WrittenColumn, key: () => string): string =>
  json === 'canonical' && nul !== 'escape' ? key() : 'any';

const isJsonb = ({ type }: WrittenColumn): boolean => type === 'jsonb';

export function keyOfNode(column: WrittenColumn, node: Node): string {
  if (column.convert === 'ejson') return ejsonKey(node);
  if (column.type === 'uuid') return String(uuidOf(node));
  if (isJsonb(column)) return jsonbKey(column, () => canonical(node));
  const isEscaped = node.type === types.string && column.nul === 'escape';
  return isEscaped ? escapeNul(String(node.value)) : String(node.value);
}

/** How a column is selected, so that `holds` can read it. `name` is quoted already. */
export function selectText(type: string, name: string): string {
  if (type.endsWith('[]')) {
    const element = type.slice(0, -2);
    return `case when ${name} is not null then (select coalesce(json_agg(${selectText(element, 'x')} order by i), '[]') from unnest(${name}) with ordinality e (x, i))::text end`;
  }
  if (/^timestamp/.test(type)) return `round(extract(epoch from ${name}) * 1000000)::numeric::text`;
  return `${name}::text`;
}
