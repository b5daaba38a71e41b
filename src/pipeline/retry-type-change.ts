import type { ColumnMapping, ColumnType } from '../mapping/mapping.ts';

type Typed = Pick<ColumnMapping, 'type' | 'convert'>;

/** Types in which a value of the first is the same value, where both take it. */
const widerNames: Readonly<Partial<Record<ColumnType['name'], readonly ColumnType['name'][]>>> = {
  smallint: ['integer', 'bigint', 'numeric', 'real', 'double precision'],
  integer: ['bigint', 'numeric', 'double precision'],
  bigint: ['numeric'],
  real: ['double precision'],
  varchar: ['text'],
};

/** Digits before the point, and after it; without a precision there is no end to either. */
const digitsOf = ({ precision, scale = 0 }: ColumnType): readonly [number, number] =>
  precision === undefined ? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] : [precision - scale, scale];

/** Most digits of the whole numbers that a type holds. */
const wholeDigits: Readonly<Partial<Record<ColumnType['name'], number>>> = {
  smallint: 5,
  integer: 10,
  bigint: 19,
};

function holdsNumbersOf(before: ColumnType, after: ColumnType): boolean {
  const [wholeAfter, fractionAfter] = digitsOf(after);
  if (before.name !== 'numeric') return wholeAfter >= (wholeDigits[before.name] ?? Number.POSITIVE_INFINITY);
  const [whole, fraction] = digitsOf(before);
  return wholeAfter >= whole && fractionAfter >= fraction;
}

/**
 * Whether rows that were loaded into a column hold, after `alter column … type`, what the changed mapping would have
 * written for their documents.
 */
export function isWiderType(before: Typed, after: Typed): boolean {
  const { type: from } = before;
  const { type: to } = after;
  if (from.array !== to.array) return false;
  if (before.convert !== after.convert) {
    // `convert: text` writes whole numbers and booleans as PostgreSQL's own cast to text does.
    const casts = ['smallint', 'integer', 'bigint', 'boolean'];
    return (
      before.convert === undefined &&
      after.convert === 'text' &&
      to.name === 'text' &&
      casts.includes(from.name)
    );
  }
  if (to.name === 'numeric' && (from.name === 'numeric' || wholeDigits[from.name] !== undefined)) {
    return holdsNumbersOf(from, to);
  }
  if (from.name === 'varchar' && to.name === 'varchar') {
    return (to.length ?? Number.POSITIVE_INFINITY) >= (from.length ?? Number.POSITIVE_INFINITY);
  }
  return widerNames[from.name]?.includes(to.name) ?? false;
}
