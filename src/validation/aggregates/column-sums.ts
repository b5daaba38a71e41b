import type { ColumnType, PlainTypeName } from '../../mapping/mapping.ts';
import { distinctRows, type StoredAggregates } from '../../target/aggregate-reader.ts';
import {
  decimalText,
  type PlainDecimal,
  parseDecimal,
  plainDecimal,
  shortened,
  withScale,
} from '../../values/plain-decimal.ts';
import { readInstant } from '../documents/read-cell.ts';
import { exactOrder } from './number-order.ts';

const sumTypes: ReadonlySet<PlainTypeName> = new Set(['smallint', 'integer', 'bigint', 'numeric']);
const floatTypes: ReadonlySet<PlainTypeName> = new Set(['real', 'double precision']);
const instantTypes: ReadonlySet<PlainTypeName> = new Set(['date', 'timestamp', 'timestamptz']);
const lengthTypes: ReadonlySet<PlainTypeName> = new Set(['text', 'varchar', 'json', 'bytea']);
const textTypes: ReadonlySet<PlainTypeName> = new Set(['text', 'varchar', 'uuid', 'boolean', 'time']);

/** Longer texts are told apart by their beginning and length, so that memory is bounded. */
const keptLength = 200;

/** Adds up one column from the texts that the plain conversion makes, as AggregateReader does from the table. */
export class ColumnSums {
  readonly #column: string;
  readonly #type: ColumnType;
  #rows = 0;
  #nulls = 0;
  #min: string | undefined;
  #max: string | undefined;
  #sum: PlainDecimal = { coefficient: 0n, scale: 0 };
  /** NaN, or an infinity, that the sum has become. */
  #special: number | undefined;
  #totalLength = 0n;
  /** Undefined when there are too many rows. */
  #distinct: Set<string> | undefined = new Set();

  constructor(column: string, type: ColumnType) {
    this.#column = column;
    this.#type = type;
  }

  /** @param text PostgreSQL's text input; null is NULL */
  add(text: string | null): void {
    this.#rows++;
    if (this.#rows > distinctRows) this.#distinct = undefined;
    if (text === null) {
      this.#nulls++;
      return;
    }
    const { name, array } = this.#type;
    if (array) return;
    if (lengthTypes.has(name)) this.#totalLength += BigInt(lengthOf(text, name));
    if (sumTypes.has(name)) this.#addNumber(text);
    if (!isCompared(name)) return;
    const value = comparedText(text, name);
    if (this.#min === undefined || order(value, this.#min, name) < 0) this.#min = value;
    if (this.#max === undefined || order(value, this.#max, name) > 0) this.#max = value;
    this.#distinct?.add(value.length <= keptLength ? value : `${value.length}:${value}`);
  }

  result(): StoredAggregates {
    const { name, array } = this.#type;
    const hasValues = this.#rows > this.#nulls;
    const isSummed = !array && sumTypes.has(name) && hasValues;
    return {
      column: this.#column,
      rows: this.#rows,
      nulls: this.#nulls,
      distinct: array || !isCompared(name) ? undefined : this.#distinct?.size,
      min: this.#min,
      max: this.#max,
      sum: isSummed ? this.#sumText() : undefined,
      totalLength: !array && lengthTypes.has(name) && hasValues ? this.#totalLength : undefined,
    };
  }

  #sumText(): string {
    return this.#special === undefined ? decimalText(shortened(this.#sum)) : String(this.#special);
  }

  #addNumber(text: string): void {
    const decimal = parseDecimal(text);
    if (decimal === undefined) {
      this.#special = (this.#special ?? 0) + Number(text);
      return;
    }
    const scale = Math.max(decimal.scale, this.#sum.scale);
    const coefficient = withScale(decimal, scale)! + withScale(this.#sum, scale)!;
    this.#sum = plainDecimal(coefficient, -scale);
  }
}

const isCompared = (name: PlainTypeName): boolean =>
  sumTypes.has(name) || floatTypes.has(name) || instantTypes.has(name) || textTypes.has(name);

/** A text that equal values have in common, as PostgreSQL prints the value. */
function comparedText(text: string, name: PlainTypeName): string {
  if (name === 'real') return floatText(Math.fround(Number(text)));
  if (name === 'double precision') return floatText(Number(text));
  if (name !== 'numeric') return text;
  const decimal = parseDecimal(text);
  return decimal === undefined ? text : decimalText(shortened(decimal));
}

const floatText = (value: number): string => String(value === 0 ? 0 : value);

/** NaN is the greatest; texts are ordered by their bytes. */
function order(a: string, b: string, name: PlainTypeName): number {
  if (sumTypes.has(name)) return exactOrder(a, b);
  if (floatTypes.has(name)) return floatOrder(Number(a), Number(b));
  if (instantTypes.has(name)) {
    const [left, right] = [readInstant(a) ?? 0n, readInstant(b) ?? 0n];
    return left < right ? -1 : left > right ? 1 : 0;
  }
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function floatOrder(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

function lengthOf(text: string, name: PlainTypeName): number {
  if (name === 'bytea') return (text.length - 2) / 2;
  let length = text.length;
  // A character outside of the basic plane is two units in JavaScript.
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xd800) length--;
  return length;
}
