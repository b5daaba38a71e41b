import type { ColumnType, PlainTypeName } from '../../mapping/mapping.ts';
import { decimalText, parseDecimal } from '../../values/plain-decimal.ts';
import { asJsonb, type JsonNode, parseJson } from './json-node.ts';
import { readArray } from './read-array.ts';

/** The rest column's type. */
export const restType: ColumnType = { name: 'jsonb', array: false };

/**
 * Whether PostgreSQL's text of a value is what a text given to it becomes: 1.10 is not 1.1, but jsonb has an order of
 * keys of its own, and floating-point numbers and booleans several texts.
 */
export function isSameCell(stored: string | null, given: string | null, type: ColumnType): boolean {
  if (stored === given) return true;
  if (stored === null || given === null) return false;
  return comparableText(stored, type) === comparableText(given, type);
}

/** A text that equal values of a type have in common. */
export function comparableText(text: string, type: ColumnType): string {
  if (!type.array) return scalarText(text, type.name);
  const items = readArray(text);
  if (items === undefined) return text;
  return JSON.stringify(items.map((item) => (item === null ? null : scalarText(item, type.name))));
}

function scalarText(text: string, name: PlainTypeName): string {
  switch (name) {
    case 'boolean':
      return text.slice(0, 1);
    case 'real':
      return floatText(Math.fround(Number(text)));
    case 'double precision':
      return floatText(Number(text));
    case 'jsonb': {
      const node = parseJson(text);
      return node === undefined ? text : jsonbText(node);
    }
    default:
      return text;
  }
}

const floatText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

function jsonbText(node: JsonNode): string {
  switch (node.kind) {
    case 'string':
      return JSON.stringify(node.text);
    case 'literal':
      return node.text;
    case 'number': {
      const decimal = parseDecimal(node.text.toLowerCase());
      return decimal === undefined ? node.text : decimalText(decimal);
    }
    case 'array':
      return `[${node.items.map(jsonbText).join()}]`;
    case 'object':
      return `{${asJsonb(node.fields)
        .map(([key, value]) => `${JSON.stringify(key)}:${jsonbText(value)}`)
        .join()}}`;
  }
}
