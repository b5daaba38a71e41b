import type { ObjectProfile, ValueProfile } from './profile.ts';

/**
 * Whether the keys of the object under a path are data. Arrays on the way are passed through.
 * @param keys from `root`
 */
export function isMapAt(root: ObjectProfile, keys: readonly string[]): boolean {
  let objects: ObjectProfile | undefined = root;
  for (const key of keys) {
    const value: ValueProfile | undefined = objects.isMap
      ? objects.anyValue
      : objects.fields.find((field) => field.key === key)?.value;
    objects = value && objectsIn(value);
    if (objects === undefined) return false;
  }
  return objects.isMap;
}

function objectsIn(value: ValueProfile): ObjectProfile | undefined {
  let at: ValueProfile | undefined = value;
  while (at !== undefined && at.objects === undefined) at = at.arrays?.element;
  return at?.objects;
}
