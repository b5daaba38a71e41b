import { invalidUtf8At } from '../bson/utf8.ts';
import type { ArrayProfile, FieldProfile, ObjectProfile, ValueProfile } from './profile.ts';
import type { Binaries } from './scan/binary-stats.ts';
import type { Dates } from './scan/date-stats.ts';
import type { Decimals, Doubles, WholeNumbers } from './scan/number-stats.ts';
import type { ArrayPlace, FieldPlace, ObjectPlace, ValuePlace } from './scan/places.ts';
import type { Strings } from './scan/string-stats.ts';
import { typesBySlot } from './scan/type-slots.ts';

/** What the scan noted, as the profile that others read. */
export function buildObjectProfile(place: ObjectPlace): ObjectProfile {
  const { count, emptyCount, minFields, maxFields, isMap, distinctKeys, anyValue } = place;
  return {
    count,
    emptyCount,
    minFields: count === 0 ? 0 : minFields,
    maxFields,
    fields: [...place.fields()].map(fieldProfile),
    isMap,
    distinctKeys,
    anyValue: optionally(isMap ? anyValue : undefined, valueProfile),
  };
}

function fieldProfile({ key, value }: FieldPlace): FieldProfile {
  const end = key.length - 1;
  return {
    key: Buffer.from(key.subarray(0, end)).toString('utf8'),
    isBrokenKey: invalidUtf8At(key, 0, end) !== -1,
    value: valueProfile(value),
  };
}

function valueProfile(place: ValuePlace): ValueProfile {
  const types = typesBySlot
    .map((type, slot) => ({ type, count: place.counts[slot]! }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count);
  return {
    count: place.count,
    types,
    integers: optionally(place.integers, integerProfile),
    doubles: optionally(place.doubles, doubleProfile),
    decimals: optionally(place.decimals, decimalProfile),
    strings: optionally(place.strings, stringProfile),
    dates: optionally(place.dates, dateProfile),
    binaries: optionally(place.binaries, binaryProfile),
    arrays: optionally(place.arrays, arrayProfile),
    objects: optionally(place.objects, buildObjectProfile),
  };
}

const optionally = <T, R>(value: T | undefined, build: (value: T) => R): R | undefined =>
  value === undefined ? undefined : build(value);

const integerProfile = ({ count, min, max }: WholeNumbers) => ({ count, min, max });

const doubleProfile = ({ count, integral, negativeZero, notFinite, singlePrecision, min, max }: Doubles) => ({
  count,
  integral,
  negativeZero,
  notFinite,
  singlePrecision,
  min: count > notFinite ? min : undefined,
  max: count > notFinite ? max : undefined,
});

const decimalProfile = ({
  count,
  notFinite,
  negativeZero,
  exponentForms,
  maxIntegerDigits,
  maxScale,
}: Decimals) => ({ count, notFinite, negativeZero, exponentForms, maxIntegerDigits, maxScale });

function stringProfile(strings: Strings) {
  const { count, empty, minLength, maxLength, withNul, notUtf8, uuids, dateTimes, dates, objectIds } =
    strings;
  const distinct = Math.min(count, strings.distinct.count());
  const values = strings.distinct.values();
  return {
    count,
    empty,
    minLength,
    maxLength,
    withNul,
    notUtf8,
    uuids,
    dateTimes,
    dates,
    objectIds,
    distinct,
    values,
  };
}

const dateProfile = ({ milliseconds, midnight, outOfRange }: Dates) => ({
  count: milliseconds.count,
  min: milliseconds.min,
  max: milliseconds.max,
  midnight,
  outOfRange,
});

const binaryProfile = ({ count, subtypes, uuids, maxLength }: Binaries) => ({
  count,
  subtypes: [...subtypes].map(([subtype, subtypeCount]) => ({ subtype, count: subtypeCount })),
  uuids,
  maxLength,
});

const arrayProfile = ({
  count,
  empty,
  minLength,
  maxLength,
  elements,
  element,
}: ArrayPlace): ArrayProfile => ({
  count,
  empty,
  minLength,
  maxLength,
  elements,
  element: optionally(element, valueProfile),
});
