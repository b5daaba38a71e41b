import { bsonType } from '../bson/bson-type.ts';
import { compareBsonValues } from '../bson/compare-values.ts';
import { readDecimal128 } from '../bson/decimal128.ts';
import type { FilterLiteral } from './filter-literal.ts';
import { missingType, type ValueTest } from './filter-path.ts';

export type ComparisonOperator = '$eq' | '$gt' | '$gte' | '$lt' | '$lte';

const accepts: Readonly<Record<ComparisonOperator, (order: number) => boolean>> = {
  $eq: (order) => order === 0,
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
};

/**
 * Makes the test of one comparison operator, with MongoDB's rules (`ComparisonMatchExpression` in its source, up to
 * version 7; from 8.0 on null no longer equals undefined): only values of one kind are compared, where all numbers
 * are one kind and strings and symbols another; null equals missing and undefined; NaN equals NaN and is neither
 * less nor greater than anything.
 */
export function comparisonTest(operator: ComparisonOperator, literal: FilterLiteral): ValueTest {
  const { type: literalType, bytes: literalBytes, view: literalView, at: literalAt } = literal;
  const admitsEqual = operator !== '$gt' && operator !== '$lt';
  if (literalType === bsonType.null) return admitsEqual ? isNothing : never;
  if (isNumber(literalType) && holdsNaN(literalType, literalView, literalAt)) {
    return admitsEqual ? (type, _bytes, view, at) => isNumber(type) && holdsNaN(type, view, at) : never;
  }
  const accept = accepts[operator];
  const literalKind = kindOf(literalType);
  return (type, bytes, view, at) => {
    if (type !== literalType && kindOf(type) !== literalKind) return false;
    if (literalKind === numberKind && holdsNaN(type, view, at)) return false;
    return accept(
      compareBsonValues(type, bytes, view, at, literalType, literalBytes, literalView, literalAt),
    );
  };
}

const never: ValueTest = () => false;

const isNothing: ValueTest = (type) =>
  type === missingType || type === bsonType.null || type === bsonType.undefined;

const numberKind = -1;
const textKind = -2;

/** Types with one kind can be compared; all others are a kind of their own. */
function kindOf(type: number): number {
  if (isNumber(type)) return numberKind;
  return type === bsonType.string || type === bsonType.symbol ? textKind : type;
}

const isNumber = (type: number): boolean =>
  type === bsonType.int32 ||
  type === bsonType.int64 ||
  type === bsonType.double ||
  type === bsonType.decimal128;

function holdsNaN(type: number, view: DataView, at: number): boolean {
  if (type === bsonType.double) return Number.isNaN(view.getFloat64(at, true));
  return type === bsonType.decimal128 && readDecimal128(view, at).kind === 'nan';
}
