import type { CollectionMapping } from '../mapping/mapping.ts';

/**
 * A mapping as it comes back from JSON: without what is undefined, and with `$number` texts for numbers that JSON
 * lacks. To be compared with another one of its kind, and with nothing else.
 */
export type PlainMapping = Pick<CollectionMapping, 'where' | 'duplicates' | 'idColumn' | 'tables'>;

/** What is stored of a mapping, so that a changed one can be compared with it. */
export function plainMapping(mapping: CollectionMapping): PlainMapping {
  const text = JSON.stringify(mapping, (_key, value: unknown) =>
    typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))
      ? { $number: String(value) }
      : value,
  );
  return JSON.parse(text) as PlainMapping;
}
