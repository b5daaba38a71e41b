import { Binary, Decimal128, type Document, Double, Long, ObjectId } from 'mongodb';

export type PlantCollection = 'sites' | 'machines' | 'orders';

/** As often as they are written to. */
export const plantCollections: readonly PlantCollection[] = [
  'sites',
  ...Array<PlantCollection>(4).fill('machines'),
  ...Array<PlantCollection>(5).fill('orders'),
];

/** Gives numbers from 0 to below 1. */
export type Random = () => number;

export const below = (random: Random, count: number): number => Math.floor(random() * count);
export const oneOf = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)]!;

/** A number that MongoDB takes for the same `_id` in each of its forms. */
const anyNumber = (random: Random, value: number): unknown =>
  oneOf(random, [value, value, new Double(value), Long.fromNumber(value)]);

const hexOf = (index: number, length: number): string => index.toString(16).padStart(length, '0');

/** The `_id` number `index` of a collection: of many types in `machines`; a number may come in any of its forms. */
export function plantId(collection: PlantCollection, index: number, random: Random): unknown {
  if (collection === 'sites') return anyNumber(random, index);
  if (collection === 'orders') return new ObjectId(hexOf(index, 24));
  switch (index % 7) {
    case 0:
      return new ObjectId(hexOf(index, 24));
    case 1:
      return anyNumber(random, index);
    case 2:
      return `machine "${index}"; é`;
    case 3:
      return new Binary(Buffer.from(hexOf(index, 32), 'hex'), 4);
    case 4:
      // All of one length: a stand-in for MongoDB compares these by their bytes.
      return { line: index % 5, code: hexOf(index, 6) };
    case 5:
      return new Double(index + 0.5);
    default:
      return new Date(1_600_000_000_000 + index * 1000);
  }
}

interface Drawn {
  readonly random: Random;
  /** Number of a site. */
  readonly site: number;
  /** `_id` of a machine. */
  readonly machine: unknown;
}

export const plantPart = (random: Random): Document => ({
  kind: oneOf(random, ['belt', 'motor', 'fuse']),
  amount: below(random, 100),
  ...(random() < 0.6 ? { readings: Array.from({ length: below(random, 4) }, () => random() * 100) } : {}),
  ...(random() < 0.3 ? { origin: { country: oneOf(random, ['pt', 'se']), lot: below(random, 9) } } : {}),
});

export const plantLine = (random: Random, site: number): Document => ({
  amount: below(random, 50),
  ...(random() < 0.7 ? { site: anyNumber(random, site) } : {}),
  ...(random() < 0.2 ? { gift: true } : {}),
});

/** Everything of a document but its `_id`, version and unique value. */
export function plantFields(collection: PlantCollection, drawn: Drawn): Document {
  const { random } = drawn;
  const few = (make: () => Document): Document[] => Array.from({ length: below(random, 4) }, make);
  const extra =
    random() < 0.5 ? { tags: ['x', below(random, 9)], since: new Date(below(random, 2e9) * 1000) } : {};
  switch (collection) {
    case 'sites':
      return { city: oneOf(random, ['Porto', 'Malmö', 'Łódź']), ...extra };
    case 'machines':
      return {
        site: anyNumber(random, drawn.site),
        power: random() * 1000,
        ...(random() < 0.85 ? { parts: few(() => plantPart(random)) } : {}),
        ...extra,
      };
    case 'orders':
      return {
        ...(random() < 0.9 ? { machine: drawn.machine } : {}),
        total: Decimal128.fromString((below(random, 1e6) / 100).toFixed(2)),
        note: `note ${below(random, 1e6)}`,
        lines: few(() => plantLine(random, drawn.site)),
        ...extra,
      };
  }
}

/** The field whose values are unique. */
export const uniqueField = { sites: 'name', machines: 'serial', orders: undefined } as const;

/** What makes a document one that the mapping does not take; `misfit` says so to a test. */
export const misfitOf = (collection: PlantCollection, random: Random): Document => ({
  misfit: true,
  ...(collection === 'sites'
    ? { name: below(random, 100) }
    : collection === 'machines'
      ? oneOf<Document>(random, [
          { power: 'strong' },
          { parts: [{ kind: 'belt', amount: 'many' }] },
          { parts: 7 },
        ])
      : { total: 'dear' }),
});
