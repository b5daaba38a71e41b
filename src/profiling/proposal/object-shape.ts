import type { FieldProfile, ObjectProfile } from '../profile.ts';

/** Fields that columns can name. */
export const usableFields = ({ fields }: ObjectProfile): readonly FieldProfile[] =>
  fields.filter(({ isBrokenKey }) => !isBrokenKey);

/**
 * Whether the keys of objects are data rather than names: there are too many of them, or all are built alike (`v0`,
 * `v1`; `2024-01`; UUIDs).
 */
export function hasDataKeys({ isMap, fields }: ObjectProfile): boolean {
  if (isMap) return true;
  if (fields.length === 0) return false;
  const keys = fields.map(({ key }) => key);
  if (
    keys.every(
      (key) => /^[\d\s:./-]+$/.test(key) || /^[0-9a-f]{24}$|^[0-9a-f]{8}(?:-[0-9a-f]{4,12}){4}$/i.test(key),
    )
  ) {
    return true;
  }
  const stems = new Set(keys.map((key) => /^(.*?)\d+$/.exec(key)?.[1]));
  return keys.length > 1 && stems.size === 1 && !stems.has(undefined);
}

/** How many of the fields an object has on average, as a part of all fields seen. Empty objects do not count. */
export function averageFill({ fields, count, emptyCount }: ObjectProfile): number {
  const filled = count - emptyCount;
  if (fields.length === 0 || filled === 0) return 0;
  return fields.reduce((sum, { value }) => sum + value.count, 0) / (fields.length * filled);
}
