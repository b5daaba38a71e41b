import type { ObjectProfile, ValueProfile } from '../profile.ts';
import { averageFill, hasDataKeys, usableFields } from './object-shape.ts';
import { planArray } from './plan-array.ts';
import type { FieldPlan, TypeChoice } from './proposal.ts';
import { proposeJson } from './propose-json.ts';
import { nonNullCount, proposeType } from './propose-type.ts';

/** Where a field stands: how deep, and how many objects its row is made from. */
export interface PlanPlace {
  /** Rows of the table. */
  readonly rows: number;
  /** Sub-documents that the path leads through. */
  readonly nesting: number;
  /** Child tables that the table is in. */
  readonly tables: number;
}

const mostFlattenedFields = 30;
const mostNesting = 4;
const leastFill = 0.7;
/** Sub-documents that fewer rows have are kept whole, unless they are small. */
const leastPresence = 0.1;
const smallObject = 4;
/** Nulls and other values in place of a sub-document are kept in the rest column, one by one. */
const mostOthers = 0.1;
/** So are empty ones. */
const mostEmpty = 0.5;

/** What becomes of each field of the objects at one place. `skip` leaves a key of theirs to the caller. */
export function planFields(
  objects: ObjectProfile,
  place: PlanPlace,
  path: readonly string[] = [],
  skip?: string,
): readonly FieldPlan[] {
  return usableFields(objects)
    .filter(({ key }) => key !== skip)
    .flatMap(({ key, value }) => planValue(value, place, [...path, key]));
}

/** A sub-document of a stable shape becomes columns, an array a child table or an array column, the rest one column. */
function planValue(value: ValueProfile, place: PlanPlace, path: readonly string[]): readonly FieldPlan[] {
  if (isFlattened(value, place) && value.objects !== undefined) {
    return planFields(value.objects, { ...place, nesting: place.nesting + 1 }, path);
  }
  const array = planArray(value, place);
  if (array?.kind === 'child') return [{ ...array, path }];
  return [{ kind: 'column', path, value, choice: array?.choice ?? scalarOrJson(value) }];
}

function scalarOrJson(value: ValueProfile): TypeChoice {
  const hasParts = value.objects !== undefined || value.arrays !== undefined;
  const choice = proposeType(value);
  if (!hasParts || choice.type !== 'jsonb') return choice;
  return { ...proposeJson(value), ...(choice.reason !== undefined && { reason: choice.reason }) };
}

/**
 * Whether sub-documents are stored as columns of their own. Only where nothing is lost that way: an empty one, null, or
 * a value of another type goes to the rest column, but a sub-document of nulls alone reads like a missing one.
 */
function isFlattened(value: ValueProfile, { rows, nesting }: PlanPlace): boolean {
  const { objects, count } = value;
  if (objects === undefined || nesting >= mostNesting || hasDataKeys(objects)) return false;
  const fields = objects.fields.length;
  if (objects.emptyCount > objects.count * mostEmpty) return false;
  if (fields === 0 || fields > mostFlattenedFields || usableFields(objects).length < fields) return false;
  if (averageFill(objects) < leastFill) return false;
  if (objects.count < rows * leastPresence && fields > smallObject) return false;
  const others = count - objects.count;
  if (others > count * mostOthers) return false;
  const isNeverMissing = count === rows;
  return isNeverMissing || showsPresence(objects, { rows, nesting: nesting + 1, tables: 0 });
}

/** True when every one of the objects has a value that its columns show, so that it cannot be taken for missing. */
function showsPresence(objects: ObjectProfile, place: PlanPlace): boolean {
  const shown = usableFields(objects).map(({ value }) => ({ value, shows: isShown(value, place) }));
  return (
    shown.every(({ shows }) => shows) ||
    shown.some(({ value, shows }) => shows && value.count === objects.count - objects.emptyCount)
  );
}

function isShown(value: ValueProfile, place: PlanPlace): boolean {
  if (nonNullCount(value) < value.count) return false;
  if (isFlattened(value, place)) {
    return (
      value.objects !== undefined &&
      value.objects.count === value.count &&
      showsPresence(value.objects, { ...place, nesting: place.nesting + 1 })
    );
  }
  const array = planArray(value, { ...place, tables: 0 });
  if (array?.kind === 'child') return value.arrays?.count === value.count && value.arrays.empty === 0;
  return scalarOrJson(value).outliers === 0;
}
