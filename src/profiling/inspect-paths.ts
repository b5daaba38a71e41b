import type { PathInspection } from '../report/inspect-report.ts';
import { isoTime } from './iso-time.ts';
import type { ObjectProfile, StringProfile, ValueProfile } from './profile.ts';

type PathFacts = Omit<PathInspection, 'path' | 'count' | 'missing' | 'nulls' | 'types'>;

/** One place of a profile, with the path that `inspect` shows. */
export interface ProfiledPlace {
  readonly path: string;
  readonly value: ValueProfile;
  /** Objects that might have the key; undefined for elements and the values of a map. */
  readonly parents: number | undefined;
  readonly isBrokenKey: boolean;
}

/** All places below an object, parents before what is in them, in the usual order of keys. */
export function* placesOf(object: ObjectProfile, prefix = ''): Generator<ProfiledPlace> {
  for (const { key, isBrokenKey, value } of object.fields) {
    const path = prefix + stepOf(key);
    yield { path, value, parents: object.count, isBrokenKey };
    yield* placesInside(value, path);
  }
  if (object.anyValue === undefined) return;
  const path = `${prefix}*`;
  yield { path, value: object.anyValue, parents: undefined, isBrokenKey: false };
  yield* placesInside(object.anyValue, path);
}

function* placesInside({ objects, arrays }: ValueProfile, path: string): Generator<ProfiledPlace> {
  if (objects !== undefined) yield* placesOf(objects, `${path}.`);
  const element = arrays?.element;
  if (element === undefined) return;
  const elementPath = `${path}[]`;
  yield { path: elementPath, value: element, parents: undefined, isBrokenKey: false };
  yield* placesInside(element, elementPath);
}

/** A key as a mapping writes it in a path. */
const stepOf = (key: string): string =>
  key === '' || /["\\.]|^[$*]|\[\]/.test(key) ? `"${key.replace(/["\\]/g, '\\$&')}"` : key;

export function inspectPlace({ path, value, parents }: ProfiledPlace): PathInspection {
  return {
    path,
    count: value.count,
    missing: parents === undefined ? undefined : parents - value.count,
    nulls: value.types.find(({ type }) => type === 'null')?.count ?? 0,
    types: value.types,
    ...numberFacts(value),
    ...otherFacts(value),
  };
}

function numberFacts({ integers, doubles, decimals }: ValueProfile): PathFacts {
  return {
    ...(integers && {
      integers: { count: integers.count, min: String(integers.min), max: String(integers.max) },
    }),
    ...(doubles && {
      doubles: {
        count: doubles.count,
        integral: doubles.integral,
        negativeZero: doubles.negativeZero,
        notFinite: doubles.notFinite,
        min: doubles.min,
        max: doubles.max,
      },
    }),
    ...(decimals && {
      decimals: {
        count: decimals.count,
        notFinite: decimals.notFinite,
        integerDigits: decimals.maxIntegerDigits,
        scale: decimals.maxScale,
      },
    }),
  };
}

function otherFacts({ strings, dates, binaries, arrays, objects }: ValueProfile): PathFacts {
  return {
    ...(strings && { strings: stringFacts(strings) }),
    ...(dates && { dates: { ...dates, min: isoTime(dates.min), max: isoTime(dates.max) } }),
    ...(binaries && { binaries }),
    ...(arrays && {
      arrays: {
        count: arrays.count,
        empty: arrays.empty,
        minLength: arrays.minLength,
        maxLength: arrays.maxLength,
        elements: arrays.elements,
      },
    }),
    ...(objects && {
      objects: {
        count: objects.count,
        empty: objects.emptyCount,
        minFields: objects.minFields,
        maxFields: objects.maxFields,
        isMap: objects.isMap,
        distinctKeys: objects.distinctKeys,
      },
    }),
  };
}

function stringFacts({ values, ...strings }: StringProfile): NonNullable<PathInspection['strings']> {
  return values !== undefined && areCodes(values, strings) ? { ...strings, codes: values } : strings;
}

const mostCodes = 12;
/** Letters in front, no spaces and no @: names of states and kinds, not of people. */
const codeForm = /^[\p{L}_][\p{L}\p{N}_.:/+-]{0,31}$/u;

/**
 * Whether texts may be shown: few, short, each coming again and again, and in the form of a code. Values of documents
 * are personal, and a person's first name is a short text as well.
 */
function areCodes(
  values: NonNullable<StringProfile['values']>,
  { count, uuids, objectIds, dates, dateTimes }: Omit<StringProfile, 'values'>,
): boolean {
  if (values.length > mostCodes || values.length * 3 > count) return false;
  if (uuids + objectIds + dates + dateTimes > 0) return false;
  return values.every(({ text }) => text === '' || codeForm.test(text));
}
