import type { PathInspection } from '../inspect-report.ts';
import { formatBytes, formatCount } from './quantities.ts';
import type { Style } from './style.ts';
import type { TableRow } from './table.ts';

/** Path, share of the objects that have it, types, and what is notable about the values. */
export const pathRow = (style: Style, path: PathInspection): TableRow => [
  path.path,
  { text: presence(path), paint: (path.missing ?? 0) > 0 ? style.warning : style.dim },
  { text: typeShares(path) },
  valueFacts(path).join(' · '),
];

const presence = ({ count, missing }: PathInspection): string =>
  missing === undefined ? '' : share(count, count + missing);

/** A part in percent, with a decimal; what is neither all nor nothing never reads like it. */
const share = (part: number, whole: number): string => {
  if (part === whole) return '100 %';
  const percent = (part / whole) * 100;
  if (percent < 0.1) return '< 0.1 %';
  return percent > 99.9 ? '> 99.9 %' : `${percent.toFixed(1)} %`;
};

const typeShares = ({ types, count }: PathInspection): readonly string[] =>
  types.length === 1 ? [types[0]!.type] : types.map(({ type, count: own }) => `${type} ${share(own, count)}`);

/** Where values are of several types, each group of facts says what it is about. */
const valueFacts = (path: PathInspection): readonly string[] => {
  const groups = [
    ['objects', objectFacts(path)],
    ['arrays', arrayFacts(path)],
    ['numbers', numberFacts(path)],
    ['texts', stringFacts(path)],
    ['dates', dateFacts(path)],
    ['binaries', binaryFacts(path)],
  ] as const;
  const kinds = new Set(
    path.types
      .filter(({ type }) => type !== 'null')
      .map(({ type }) => (numberTypes.includes(type) ? 'number' : type)),
  );
  const named = groups.flatMap(([name, facts]) => {
    if (facts.length === 0) return [];
    return kinds.size > 1 ? [`${name}: ${facts.join(', ')}`] : facts;
  });
  return [...missingFacts(path), ...named];
};

const numberTypes = ['int', 'long', 'double', 'decimal'];

const missingFacts = ({ missing, nulls, types }: PathInspection): readonly string[] => [
  ...(missing === undefined || missing === 0 ? [] : [`${formatCount(missing)} missing`]),
  ...(nulls === 0 || types.length === 1 ? [] : [`${formatCount(nulls)} null`]),
];

const objectFacts = ({ objects }: PathInspection): readonly string[] => {
  if (objects === undefined) return [];
  const { isMap, distinctKeys, minFields, maxFields, empty } = objects;
  return [
    ...(isMap
      ? [
          `a map: ${formatCount(distinctKeys)} ${distinctKeys < 1000 ? 'keys' : 'or more keys'}, ${range(minFields, maxFields)} in each`,
        ]
      : []),
    ...(empty === 0 ? [] : [`${formatCount(empty)} empty`]),
  ];
};

const arrayFacts = ({ arrays }: PathInspection): readonly string[] => {
  if (arrays === undefined) return [];
  const { minLength, maxLength, empty } = arrays;
  return [
    `${range(minLength, maxLength)} ${maxLength === 1 ? 'element' : 'elements'}`,
    ...(empty === 0 || maxLength === 0 ? [] : [`${formatCount(empty)} empty`]),
  ];
};

const numberFacts = ({ integers, doubles, decimals }: PathInspection): readonly string[] => {
  const facts: string[] = [];
  if (integers !== undefined && (doubles === undefined || doubles.count === doubles.integral)) {
    facts.push(textRange(groupDigits(integers.min), groupDigits(integers.max)));
  } else if (doubles?.min !== undefined && doubles.max !== undefined) {
    const least = Math.min(doubles.min, Number(integers?.min ?? doubles.min));
    const greatest = Math.max(doubles.max, Number(integers?.max ?? doubles.max));
    facts.push(textRange(String(least), String(greatest)));
  }
  if (doubles !== undefined) facts.push(...doubleFacts(doubles));
  if (decimals !== undefined) {
    facts.push(
      `up to ${decimals.integerDigits} ${decimals.integerDigits === 1 ? 'digit' : 'digits'} before and ${decimals.scale} after the point`,
    );
  }
  return facts;
};

const doubleFacts = ({
  count,
  integral,
  negativeZero,
  notFinite,
}: NonNullable<PathInspection['doubles']>): readonly string[] => [
  ...(integral === count
    ? ['all doubles whole']
    : integral > 0
      ? [`${formatCount(integral)} of ${formatCount(count)} doubles whole`]
      : []),
  ...(negativeZero > 0 ? [`${formatCount(negativeZero)} negative zero`] : []),
  ...(notFinite > 0 ? [`${formatCount(notFinite)} NaN or infinite`] : []),
];

const stringFacts = ({ strings }: PathInspection): readonly string[] => {
  if (strings === undefined) return [];
  const { count, empty, minLength, maxLength, distinct, codes } = strings;
  const forms = [
    [strings.uuids, 'UUIDs'],
    [strings.dateTimes, 'times with an offset'],
    [strings.dates, 'dates'],
    [strings.objectIds, 'ObjectIds'],
  ] as const;
  const different =
    codes !== undefined
      ? [codes.map(({ text }) => (text === '' ? '""' : text)).join(', ')]
      : distinct < count || distinct > 32
        ? [describeDistinct(distinct, count)]
        : [];
  return [
    `${range(minLength, maxLength)} ${maxLength === 1 ? 'character' : 'characters'}`,
    ...forms
      .filter(([own]) => own > 0)
      .map(([own, form]) => (own === count ? `all ${form}` : `${formatCount(own)} ${form}`)),
    ...different,
    ...(empty > 0 && codes === undefined ? [`${formatCount(empty)} empty`] : []),
    ...(strings.withNul > 0 ? [`${formatCount(strings.withNul)} with NUL`] : []),
    ...(strings.notUtf8 > 0 ? [`${formatCount(strings.notUtf8)} not UTF-8`] : []),
  ];
};

/** An estimate is right within some percent, so that it cannot tell all from nearly all. */
const describeDistinct = (distinct: number, count: number): string => {
  if (distinct === 1) return 'always the same';
  if (distinct <= 32) return `${formatCount(distinct)} different`;
  return distinct > count * 0.9 ? 'nearly all different' : `about ${formatCount(distinct)} different`;
};

const dateFacts = ({ dates }: PathInspection): readonly string[] => {
  if (dates === undefined) return [];
  return [
    textRange(day(dates.min), day(dates.max)),
    ...(dates.midnight === dates.count ? ['all at midnight'] : []),
    ...(dates.outOfRange > 0 ? [`${formatCount(dates.outOfRange)} out of range`] : []),
  ];
};

const binaryFacts = ({ binaries }: PathInspection): readonly string[] => {
  if (binaries === undefined) return [];
  const { count, uuids, subtypes, maxLength } = binaries;
  if (uuids === count) return ['all UUIDs'];
  return [
    `up to ${formatBytes(maxLength)}`,
    `${subtypes.length === 1 ? 'subtype' : 'subtypes'} ${subtypes.map(({ subtype }) => subtype).join(', ')}`,
    ...(uuids > 0 ? [`${formatCount(uuids)} UUIDs`] : []),
  ];
};

/** The day of an ISO 8601 time; `+012000-01-01` reads as 12000-01-01. */
const day = (time: string): string => time.split('T')[0]!.replace(/^\+0*/, '');

const range = (least: number, greatest: number): string =>
  textRange(formatCount(least), formatCount(greatest));

const textRange = (least: string, greatest: string): string =>
  least === greatest ? least : `${least} to ${greatest}`;

/** `-1234567` → `-1,234,567` */
const groupDigits = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',');
