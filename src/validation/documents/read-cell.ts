import type { ColumnMapping } from '../../mapping/mapping.ts';
import { daysFromDate, microsPerDay } from '../../values/calendar.ts';
import { type BsonTree, doubleText, scalarTree, unreadable } from './bson-tree.ts';
import { parseJson } from './json-node.ts';
import { readArray } from './read-array.ts';
import { readDecimal, readJson, unescapeNul } from './read-json.ts';

/**
 * The BSON value that a column reads back as, from PostgreSQL's text; undefined for a field that is not there. The rules
 * are those of docs/losses.md, "What a column reads back as".
 */
export function readCell(text: string | null, column: ColumnMapping): BsonTree | undefined {
  if (text === null) {
    // Missing fields get the default, so that NULL can only have been a null.
    const standsForNull = column.default !== undefined && column.default !== null && !column.nullDefault;
    return standsForNull ? scalarTree('null') : undefined;
  }
  if (!column.type.array) return readScalar(text, column);
  const items = readArray(text);
  if (items === undefined) return unreadable(text);
  return {
    type: 'array',
    items: items.map((item) => (item === null ? scalarTree('null') : readScalar(item, column))),
    oddKeys: undefined,
  };
}

const unescapeOf = ({ nul }: ColumnMapping): ((text: string) => string) =>
  nul === 'escape' ? unescapeNul : (text) => text;

function readScalar(text: string, column: ColumnMapping): BsonTree {
  const { type, convert } = column;
  switch (convert) {
    case 'ejson':
      // The text as a whole is what the policy for NUL characters was applied to.
      return readJsonText(unescapeOf(column)(text), 'canonical', false, (same) => same);
    case 'hex':
      return /^[0-9a-f]{24}$/.test(text) ? scalarTree('objectId', text) : unreadable(text);
    case 'base64':
      if (type.name !== 'bytea') return binaryTree(Buffer.from(text, 'base64').toString('hex'), 0);
      return scalarTree('string', Buffer.from(text.slice(2), 'hex').toString('base64'));
  }
  switch (type.name) {
    case 'smallint':
    case 'integer':
      return scalarTree('int32', text);
    case 'bigint':
      return scalarTree('int64', text);
    case 'numeric':
      return readDecimal(text);
    case 'real':
      return scalarTree('double', doubleText(Math.fround(Number(text))));
    case 'double precision':
      return scalarTree('double', doubleText(Number(text)));
    case 'boolean':
      return scalarTree('boolean', String(text.startsWith('t')));
    case 'uuid':
      return binaryTree(text.replaceAll('-', ''), 4);
    case 'bytea':
      return binaryTree(text.slice(2), 0);
    case 'date':
    case 'timestamp':
    case 'timestamptz': {
      const micros = readInstant(text);
      return micros === undefined ? unreadable(text) : scalarTree('date', String(micros));
    }
    case 'json':
    case 'jsonb':
      return readJsonText(text, column.json, type.name === 'jsonb', unescapeOf(column));
    default:
      return scalarTree('string', unescapeOf(column)(text));
  }
}

const binaryTree = (hex: string, subtype: number): BsonTree => ({ type: 'binary', text: hex, subtype });

function readJsonText(
  text: string,
  style: 'natural' | 'canonical',
  isBinary: boolean,
  restoreText: (text: string) => string,
): BsonTree {
  const node = parseJson(text);
  if (node === undefined) return unreadable(text);
  return readJson(node, { style, isBinary, restoreText, isRest: false });
}

/** Microseconds from 1970 of an ISO date or timestamp as PostgreSQL prints it in UTC; undefined for infinity. */
export function readInstant(text: string): bigint | undefined {
  const found = /^(\d+)-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:\+00)?)?( BC)?$/.exec(text);
  if (found === null) return undefined;
  const [, year = '', month, day, hour = '0', minute = '0', second = '0', fraction = '', era] = found;
  const days = daysFromDate(era === undefined ? BigInt(year) : 1n - BigInt(year), Number(month), Number(day));
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  return days * microsPerDay + BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}
