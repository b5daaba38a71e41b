import type { ColumnMapping, TableMapping } from '../../src/mapping/mapping.ts';
import type { BsonValue } from '../../src/values/bson-value.ts';
import { daysFromDate } from '../../src/values/calendar.ts';
import { readElements } from '../../src/values/decode-value.ts';
import { type JsonNode, parseJson } from './lossless-json.ts';
import { asJsonb, type Field, latin1, readDecimal, readJson, type Tree } from './read-back-json.ts';

/**
 * Reads rows back into a document by the mapping alone, the way docs/losses.md says. It is written for tests of the
 * declared losses: mappings whose columns have one path each, none above another.
 */

/** NaNs are one value, and so are zeros that Decimal128 can spell in more than one way. */
function treeOf(value: BsonValue): Tree {
  switch (value.type) {
    case 'document':
    case 'array':
      return [value.type, fieldsOf(value.raw)];
    case 'double':
      return ['double', Object.is(value.value, -0) ? '-0' : String(value.value)];
    case 'decimal128': {
      const { kind, negative, coefficient, exponent } = value.value;
      return kind === 'nan' ? ['decimal', 'NaN'] : ['decimal', kind, negative, String(coefficient), exponent];
    }
    case 'int32':
    case 'int64':
    case 'boolean':
      return [value.type, String(value.value)];
    case 'date':
      return ['date', String(value.milliseconds)];
    case 'codeWithScope':
      return ['codeWithScope', value.code.toString('latin1'), ['document', fieldsOf(value.scope)]];
    default:
      return [
        value.type,
        ...Object.entries(value).flatMap(([name, part]) =>
          name === 'type'
            ? []
            : [part instanceof Uint8Array ? Buffer.from(part).toString('latin1') : String(part)],
        ),
      ];
  }
}

export const fieldsOf = (document: Buffer): readonly Field[] =>
  readElements(document).map(({ key, value }) => [key.toString('latin1'), treeOf(value)]);

/** The value of a column, from PostgreSQL's text; undefined where the field was missing. */
function readColumn(text: string | null, column: ColumnMapping): Tree | undefined {
  if (text === null) {
    const standsForNull = column.default !== undefined && column.default !== null && !column.nullDefault;
    return standsForNull ? ['null'] : undefined;
  }
  if (!column.type.array) return readScalar(text, column);
  const items = [...text.slice(1, -1).matchAll(/NULL|"((?:[^"\\]|\\.)*)"/gs)];
  return [
    'array',
    items.map(([whole, quoted], index) => [
      String(index),
      whole === 'NULL' ? ['null'] : readScalar(quoted!.replace(/\\(.)/gs, '$1'), column),
    ]),
  ];
}

function readScalar(text: string, column: ColumnMapping): Tree {
  const { type, convert } = column;
  const unescaped = (given: string): string =>
    column.nul === 'escape' ? given.replace(/\\([\\0])/g, (_, mark) => (mark === '0' ? '\0' : '\\')) : given;
  if (convert === 'ejson') {
    // A default is written without the column's `convert`, so it need not have its form.
    if (unescaped(text) === column.default && !/^(?:true|false)$/.test(text)) return ['default'];
    return readJson(parseJson(unescaped(text)), { style: 'canonical', isBinary: false });
  }
  if (convert === 'hex') return ['objectId', Buffer.from(text, 'hex').toString('latin1')];
  if (convert === 'base64' && type.name !== 'bytea') {
    return ['binary', '0', Buffer.from(text, 'base64').toString('latin1')];
  }
  switch (type.name) {
    case 'smallint':
    case 'integer':
      return ['int32', text];
    case 'bigint':
      return ['int64', text];
    case 'numeric':
      return readDecimal(text);
    case 'real':
    case 'double precision':
      return ['double', text];
    case 'boolean':
      return ['boolean', String(text.startsWith('t'))];
    case 'uuid':
      return ['binary', '4', Buffer.from(text.replaceAll('-', ''), 'hex').toString('latin1')];
    case 'bytea': {
      const bytes = Buffer.from(text.slice(2), 'hex');
      if (convert === 'base64') return ['string', bytes.toString('base64')];
      return ['binary', '0', bytes.toString('latin1')];
    }
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return ['date', readTime(text)];
    case 'json':
    case 'jsonb':
      return readJson(parseJson(text), {
        style: column.json,
        isBinary: type.name === 'jsonb',
        unescaped,
      });
    default:
      return ['string', latin1(unescaped(text))];
  }
}

function readTime(text: string): string {
  const found = /^(\d+)-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?[^ ]*( BC)?$/.exec(text)!;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', bc] = found;
  const days = daysFromDate(
    bc === undefined ? BigInt(year!) : 1n - BigInt(year!),
    Number(month),
    Number(day),
  );
  const ofDay = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  return String(days * 86_400_000n + BigInt(ofDay) * 1000n + BigInt(fraction.padEnd(3, '0').slice(0, 3)));
}

/** Fields by key, where the order of the fields is not kept. */
export interface Skeleton {
  readonly fields: Map<string, Tree | Skeleton>;
}

/** What a row says about the document or element that it was made from; the `_id` of a document is left out. */
export function readBack(values: readonly (string | null)[], table: TableMapping): Skeleton {
  const document: Skeleton = { fields: new Map() };
  for (const [index, column] of table.columns.entries()) {
    const [source] = column.from;
    const value = readColumn(values[index] ?? null, column);
    if (source?.kind !== 'path' || value === undefined) continue;
    let node = document;
    for (const key of source.path.slice(0, -1)) node = skeletonAt(node, latin1(key));
    node.fields.set(latin1(source.path.at(-1)!), value);
  }
  const rest = table.rest === undefined ? null : values.at(-1);
  if (rest !== null && rest !== undefined) {
    const inner = table.columns.flatMap(({ from }) =>
      from[0]?.kind === 'path' ? [from[0].path.map(latin1)] : [],
    );
    const node = parseJson(rest);
    if (node.kind === 'object') mergeRest(document, asJsonb(node.fields), inner);
  }
  if (table.each === undefined) document.fields.delete('_id');
  return document;
}

function skeletonAt(node: Skeleton, key: string): Skeleton {
  const known = node.fields.get(key);
  if (known !== undefined && 'fields' in known) return known;
  const made: Skeleton = { fields: new Map() };
  node.fields.set(key, made);
  return made;
}

function mergeRest(
  document: Skeleton,
  fields: readonly (readonly [string, JsonNode])[],
  paths: readonly (readonly string[])[],
): void {
  for (const [name, value] of fields) {
    const key = latin1(name);
    const below = paths.flatMap(([first, ...more]) => (first === key && more.length > 0 ? [more] : []));
    const read = readJson(value, { style: 'canonical', isBinary: true, isRest: true });
    if (below.length > 0 && read[0] === 'document' && value.kind === 'object') {
      mergeRest(skeletonAt(document, key), asJsonb(value.fields), below);
    } else document.fields.set(key, read);
  }
}

/** The same form of the document itself; without `_id`. */
export function skeletonOf(fields: readonly Field[], paths: readonly (readonly string[])[]): Skeleton {
  const document: Skeleton = { fields: new Map() };
  for (const [key, value] of fields) {
    const below = paths.flatMap(([first, ...more]) => (first === key && more.length > 0 ? [more] : []));
    const isInner = below.length > 0 && value[0] === 'document';
    document.fields.set(key, isInner ? skeletonOf(value[1] as readonly Field[], below) : value);
  }
  return document;
}

/** Comparable text of a skeleton. */
export const skeletonText = (node: Tree | Skeleton): string =>
  'fields' in node
    ? `{${[...node.fields]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `${JSON.stringify(key)}:${skeletonText(value)}`)
        .join()}}`
    : JSON.stringify(node);
