import type { ArrayProfile, BsonTypeName, ObjectProfile, ValueProfile } from '../profile.ts';
import { averageFill, hasDataKeys, usableFields } from './object-shape.ts';
import { type PlanPlace, planFields } from './plan-fields.ts';
import type { FieldPlan, TypeChoice } from './proposal.ts';
import { nonNullCount, nonNullTypes, proposeType } from './propose-type.ts';

type ArrayPlan =
  | { readonly kind: 'column'; readonly choice: TypeChoice }
  | Extract<FieldPlan, { kind: 'child' }>;

/** A child table of a child table of … */
const mostTables = 5;
const mostElementFields = 200;
const leastElementFill = 0.5;
/** Null elements of a child table are kept in its rest column. */
const mostNullElements = 0.1;
const mostOutlierElements = 0.01;

/**
 * What becomes of a place that holds arrays (and nulls) only: a PostgreSQL array for scalars of one type, a child
 * table for sub-documents of one shape, for arrays of arrays, and for ObjectIds, which are exact with `convert: hex`
 * alone and mostly refer to something. Undefined where neither is exact: it is jsonb then.
 */
export function planArray(value: ValueProfile, place: PlanPlace): ArrayPlan | undefined {
  const { arrays } = value;
  const element = arrays?.element;
  if (arrays === undefined || element === undefined || arrays.count < nonNullCount(value)) return undefined;
  const kinds = new Set(nonNullTypes(element).map(({ type }) => type));
  if (kinds.size === 0) return undefined;
  const areObjectIds = kinds.size === 1 && kinds.has('objectId');
  if (!kinds.has('object') && !kinds.has('array') && !areObjectIds) return scalarArray(arrays, element);
  if (kinds.size > 1 || place.tables >= mostTables) return undefined;
  const fields = areObjectIds
    ? itemColumn(element, { type: 'text', convert: 'hex', outliers: 0 })
    : kinds.has('object')
      ? documentFields(element, place)
      : innerArray(element, place);
  return fields && { kind: 'child', path: [], value, elements: arrays.elements, fields };
}

function scalarArray(arrays: ArrayProfile, element: ValueProfile): ArrayPlan | undefined {
  const { type, nul, outliers } = proposeType(element);
  if (type === 'jsonb' || outliers > arrays.count * mostOutlierElements) return undefined;
  return { kind: 'column', choice: { type: `${type}[]`, ...(nul !== undefined && { nul }), outliers } };
}

/** The element itself as the one column. */
const itemColumn = (element: ValueProfile, choice: TypeChoice): readonly FieldPlan[] => [
  { kind: 'column', path: [], value: element, choice },
];

function documentFields(element: ValueProfile, place: PlanPlace): readonly FieldPlan[] | undefined {
  const { objects, count } = element;
  if (objects === undefined || !isTable(objects) || count - objects.count > count * mostNullElements) {
    return undefined;
  }
  return planFields(objects, { rows: count, nesting: 0, tables: place.tables + 1 });
}

const isTable = (objects: ObjectProfile): boolean =>
  !hasDataKeys(objects) &&
  usableFields(objects).length > 0 &&
  objects.fields.length <= mostElementFields &&
  averageFill(objects) >= leastElementFill;

/** Arrays of arrays: each inner one is a value of a row, or has rows of its own. */
function innerArray(element: ValueProfile, place: PlanPlace): readonly FieldPlan[] | undefined {
  const inner = planArray(element, { rows: element.count, nesting: 0, tables: place.tables + 1 });
  if (inner === undefined) return undefined;
  if (inner.kind === 'column') return itemColumn(element, inner.choice);
  // A row without rows of its own is an empty array, so there must be no nulls that would read the same.
  const hasNulls = element.types.some(({ type }: { type: BsonTypeName }) => type === 'null');
  return hasNulls ? undefined : [inner];
}
