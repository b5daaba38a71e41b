import type { BsonTypeName, ValueProfile } from '../profile.ts';
import { countText } from './count-text.ts';

const typeWords: Readonly<Record<BsonTypeName, string>> = {
  double: 'double',
  string: 'string',
  object: 'document',
  array: 'array',
  binData: 'binary',
  undefined: 'undefined',
  objectId: 'ObjectId',
  bool: 'boolean',
  date: 'date',
  null: 'null',
  regex: 'regex',
  dbPointer: 'DBPointer',
  javascript: 'code',
  symbol: 'symbol',
  javascriptWithScope: 'code with scope',
  int: 'int32',
  timestamp: 'timestamp',
  long: 'int64',
  decimal: 'Decimal128',
  minKey: 'MinKey',
  maxKey: 'MaxKey',
};

/** What was seen at a place, for the comment behind its column. */
export interface Evidence {
  /** `3,000 of 3,000 int32, 1–99` */
  readonly full: string;
  /** The same without ranges, for where there is little room. */
  readonly short: string;
}

export function evidenceOf(value: ValueProfile, rows: number): Evidence {
  const types = typesText(value);
  const nulls = value.types.find(({ type }) => type === 'null')?.count ?? 0;
  const missing = rows - value.count;
  const seen = types.length === 1 ? types[0]!.replace(' ', ` of ${countText(rows)} `) : types.join(', ');
  const absent = [
    ...(missing > 0 ? [`${countText(missing)} missing`] : []),
    ...(nulls > 0 ? [`${countText(nulls)} null`] : []),
  ];
  const join = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(', ');
  return { full: join([seen, ...details(value, types.length), ...absent]), short: join([seen, ...absent]) };
}

/** `2,950 int32`, most frequent first. */
export function typesText(value: ValueProfile): readonly string[] {
  return value.types
    .filter(({ type, count }) => type !== 'null' && count > 0)
    .toSorted((a, b) => b.count - a.count)
    .map(({ type, count }) => `${countText(count)} ${wordOf(type, value)}`);
}

function wordOf(type: BsonTypeName, { binaries, doubles }: ValueProfile): string {
  if (type === 'binData' && binaries !== undefined) {
    if (binaries.uuids === binaries.count) return 'UUID';
    const subtypes = binaries.subtypes.map(({ subtype }) => subtype).join(', ');
    return `binary (subtype ${subtypes})`;
  }
  if (type === 'double' && doubles !== undefined && doubles.integral === doubles.count)
    return 'integral double';
  return typeWords[type];
}

function details(
  { integers, doubles, strings, dates, arrays, decimals }: ValueProfile,
  types: number,
): string[] {
  const found: string[] = [];
  if (
    types === 1 &&
    integers !== undefined &&
    (doubles === undefined || doubles.integral === doubles.count)
  ) {
    found.push(range(String(integers.min), String(integers.max)));
  } else if (types === 1 && doubles?.min !== undefined && doubles.max !== undefined) {
    found.push(range(String(doubles.min), String(doubles.max)));
  }
  if (doubles !== undefined && doubles.notFinite > 0)
    found.push(`${countText(doubles.notFinite)} not finite`);
  if (decimals !== undefined && decimals.notFinite > 0)
    found.push(`${countText(decimals.notFinite)} not finite`);
  if (strings !== undefined) found.push(...stringDetails(strings, types));
  if (types === 1 && dates !== undefined) found.push(range(dayText(dates.min), dayText(dates.max)));
  if (arrays !== undefined && types === 1) found.push(arrayDetails(arrays));
  return found;
}

function stringDetails(strings: NonNullable<ValueProfile['strings']>, types: number): string[] {
  const { minLength, maxLength, distinct, values, uuids, dateTimes, count, withNul, notUtf8 } = strings;
  const found: string[] = [];
  if (types === 1) {
    if (uuids === count) found.push('all UUIDs');
    else if (dateTimes === count) found.push('all RFC 3339');
    else found.push(`${range(String(minLength), String(maxLength))} ${maxLength === 1 ? 'char' : 'chars'}`);
    if (values !== undefined && distinct < count)
      found.push(distinct === 1 ? '1 value' : `${countText(distinct)} values`);
  }
  if (withNul > 0) found.push(`${countText(withNul)} with NUL`);
  if (notUtf8 > 0) found.push(`${countText(notUtf8)} not UTF-8`);
  return found;
}

function arrayDetails({ minLength, maxLength, element }: NonNullable<ValueProfile['arrays']>): string {
  if (element === undefined) return 'all empty';
  const inside = typesText(element).map((text) => text.slice(text.indexOf(' ') + 1));
  const nulls = element.types.some(({ type }) => type === 'null') ? ['null'] : [];
  return `${range(countText(minLength), countText(maxLength))} × ${[...inside, ...nulls].join('/')}`;
}

const range = (min: string, max: string): string => (min === max ? min : `${min}–${max}`);

/** The day of a date, or its milliseconds where JavaScript has no such day. */
function dayText(milliseconds: bigint): string {
  const date = new Date(Number(milliseconds));
  return Number.isNaN(date.getTime()) ? `${milliseconds} ms` : date.toISOString().replace(/T.*$/, '');
}
