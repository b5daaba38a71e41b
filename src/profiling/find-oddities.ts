import type { Oddity } from '../report/inspect-report.ts';
import { type ProfiledPlace, placesOf } from './inspect-paths.ts';
import type { BsonTypeName, CollectionProfile, ValueProfile } from './profile.ts';
import { profileLimits } from './profile-limits.ts';

/** What a person wants to know of a collection before its documents are moved, documents first, then by path. */
export function findOddities(profile: CollectionProfile): readonly Oddity[] {
  return [
    ...documentOddities(profile),
    ...[...placesOf(profile.root)].flatMap((place) => [...placeOddities(place)]),
  ];
}

function* documentOddities(profile: CollectionProfile): Generator<Oddity> {
  const { damagedDocuments, duplicateKeyDocuments, duplicateKeyPath, missingIds, depth, root } = profile;
  if (damagedDocuments > 0) {
    const message = `${documents(damagedDocuments)} damaged inside and will be rejected`;
    yield { kind: 'damaged-documents', path: undefined, count: damagedDocuments, message };
  }
  if (duplicateKeyDocuments > 0) {
    const path = duplicateKeyPath;
    const message = `${documents(duplicateKeyDocuments, 'have')} a key twice, such as ${path}`;
    yield { kind: 'duplicate-keys', path, count: duplicateKeyDocuments, message };
  }
  if (missingIds > 0) {
    const message = `${documents(missingIds, 'have')} no _id`;
    yield { kind: 'missing-ids', path: '_id', count: missingIds, message };
  }
  const idTypes = root.fields.find(({ key }) => key === '_id')?.value.types ?? [];
  if (idTypes.length > 1) {
    const count = idTypes.slice(1).reduce((sum, type) => sum + type.count, 0);
    const message = `_id has several types: ${typeCounts(idTypes)}`;
    yield { kind: 'mixed-ids', path: '_id', count, message };
  }
  if (depth > profileLimits.maxProfiledDepth) {
    const message = `Documents are nested up to ${number(depth)} levels deep; the first ${profileLimits.maxProfiledDepth} are shown`;
    yield { kind: 'deep-nesting', path: undefined, count: depth, message };
  }
}

/** Types that PostgreSQL has nothing like, and that MongoDB itself advises against. */
const rareTypes: readonly BsonTypeName[] = [
  'undefined',
  'dbPointer',
  'symbol',
  'javascript',
  'javascriptWithScope',
  'regex',
  'minKey',
  'maxKey',
];

function* placeOddities({ path, value, isBrokenKey }: ProfiledPlace): Generator<Oddity> {
  const odd = (kind: Oddity['kind'], count: number, message: string): Oddity => ({
    kind,
    path,
    count,
    message,
  });
  if (isBrokenKey) yield odd('broken-key', value.count, `${path}: the key is not UTF-8`);
  if (path !== '_id') yield* mixedTypes(path, value);
  const { strings, doubles, decimals, dates } = value;
  if (strings !== undefined && strings.withNul > 0) {
    const message = `${path}: ${number(strings.withNul)} ${strings.withNul === 1 ? 'text holds' : 'texts hold'} NUL, which PostgreSQL cannot store`;
    yield odd('nul-characters', strings.withNul, message);
  }
  if (strings !== undefined && strings.notUtf8 > 0) {
    const message = `${path}: ${number(strings.notUtf8)} ${strings.notUtf8 === 1 ? 'text is' : 'texts are'} not UTF-8`;
    yield odd('not-utf8', strings.notUtf8, message);
  }
  const notFinite = (doubles?.notFinite ?? 0) + (decimals?.notFinite ?? 0);
  if (notFinite > 0) {
    const message = `${path}: ${number(notFinite)} ${notFinite === 1 ? 'number is' : 'numbers are'} NaN or infinite`;
    yield odd('not-finite', notFinite, message);
  }
  if (dates !== undefined && dates.outOfRange > 0) {
    const message = `${path}: ${number(dates.outOfRange)} ${dates.outOfRange === 1 ? 'date lies' : 'dates lie'} outside what PostgreSQL can hold`;
    yield odd('date-out-of-range', dates.outOfRange, message);
  }
  for (const { type, count } of value.types) {
    if (rareTypes.includes(type)) yield odd('rare-type', count, `${path}: ${number(count)} of type ${type}`);
  }
}

/** Types that fit one column together count as one: whole and other numbers, and null beside anything. */
function* mixedTypes(path: string, { types, integers, doubles }: ValueProfile): Generator<Oddity> {
  const groups = new Map<string, number>();
  for (const { type, count } of types) {
    if (type === 'null' || rareTypes.includes(type)) continue;
    const group = numbers.includes(type) ? 'number' : type;
    groups.set(group, (groups.get(group) ?? 0) + count);
  }
  const [main, ...others] = [...groups].toSorted((a, b) => b[1] - a[1]);
  if (main !== undefined && others.length > 0) {
    const count = others.reduce((sum, [, own]) => sum + own, 0);
    const shown = types.filter(({ type }) => type !== 'null');
    yield { kind: 'mixed-types', path, count, message: `${path} has several types: ${typeCounts(shown)}` };
  }
  const fractions = (doubles?.count ?? 0) - (doubles?.integral ?? 0) - (doubles?.notFinite ?? 0);
  const whole = integers?.count ?? 0;
  if (fractions > 0 && whole > fractions * 20) {
    const message = `${path}: ${number(fractions)} of ${number(whole + fractions)} numbers ${fractions === 1 ? 'is' : 'are'} not whole or beyond 64 bits`;
    yield { kind: 'mixed-types', path, count: fractions, message };
  }
}

const numbers: readonly BsonTypeName[] = ['int', 'long', 'double', 'decimal'];

const number = (count: number): string => count.toLocaleString('en-US');

const documents = (count: number, verb: 'are' | 'have' = 'are'): string => {
  const singular = verb === 'are' ? 'is' : 'has';
  return count === 1 ? `1 document ${singular}` : `${number(count)} documents ${verb}`;
};

const typeCounts = (types: ValueProfile['types']): string =>
  types.map(({ type, count }) => `${type} ${number(count)}`).join(', ');
