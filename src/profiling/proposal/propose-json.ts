import type { BsonTypeName, ObjectProfile, ValueProfile } from '../profile.ts';
import type { TypeChoice } from './proposal.ts';

/** Types that jsonb in its natural form tells apart. */
const naturalTypes: ReadonlySet<BsonTypeName> = new Set([
  'string',
  'bool',
  'null',
  'int',
  'long',
  'double',
  'object',
  'array',
]);

/** Types that may hold a text of which the profile says nothing. */
const unseenTexts: ReadonlySet<BsonTypeName> = new Set([
  'javascript',
  'javascriptWithScope',
  'symbol',
  'dbPointer',
]);

/**
 * jsonb for all values of a place. In its natural form only where that leads back to each of them as it was seen:
 * texts, booleans, nulls, whole numbers, and doubles that are finite and not integral (1.0 would read as 1).
 */
export function proposeJson(value: ValueProfile): TypeChoice {
  const isNatural = !isEmptyEverywhere(value) && everyValue(value, isNaturalHere);
  const hasNul = !everyValue(value, ({ strings }) => (strings?.withNul ?? 0) === 0);
  const isSeen = everyValue(value, (one) => !one.types.some(({ type }) => unseenTexts.has(type)));
  const nul = hasNul ? 'escape' : isSeen ? undefined : 'rest';
  return {
    type: 'jsonb',
    ...(!isNatural && { json: 'canonical' }),
    ...(nul !== undefined && { nul }),
    outliers: 0,
  };
}

/** Nothing is known of what may come there. */
const isEmptyEverywhere = ({ types, arrays, objects }: ValueProfile): boolean =>
  types.every(({ type }) => ['null', 'array', 'object'].includes(type)) &&
  (arrays === undefined || arrays.elements === 0) &&
  (objects === undefined || objects.emptyCount === objects.count);

const isNaturalHere = ({ types, doubles }: ValueProfile): boolean =>
  types.every(({ type }) => naturalTypes.has(type)) &&
  (doubles === undefined || (doubles.integral === 0 && doubles.notFinite === 0));

/**
 * Whether a test holds for the values of a place and for all values inside them. False where the profile did not
 * look inside, because of the depth.
 */
export function everyValue(value: ValueProfile, test: (value: ValueProfile) => boolean): boolean {
  if (!test(value)) return false;
  const { arrays, objects } = value;
  if (arrays !== undefined && arrays.elements > 0) {
    if (arrays.element === undefined || !everyValue(arrays.element, test)) return false;
  }
  return objects === undefined || everyField(objects, test);
}

function everyField(objects: ObjectProfile, test: (value: ValueProfile) => boolean): boolean {
  const { fields, isMap, anyValue, emptyCount, count } = objects;
  if (isMap) return anyValue !== undefined && everyValue(anyValue, test);
  if (fields.length === 0 && emptyCount < count) return false;
  return fields.every(({ value }) => everyValue(value, test));
}
