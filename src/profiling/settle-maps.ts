import { looksLikeMap } from './looks-like-map.ts';
import type { ProfileLimits } from './profile-limits.ts';
import type { ObjectPlace, ValuePlace } from './scan/places.ts';

/** Makes maps of the objects below `root` whose keys are data. The root itself is documents, and stays one. */
export function settleMaps(root: ObjectPlace, { maxKeys }: ProfileLimits): void {
  if (!root.isMap && root.anyValue !== undefined) root.becomeMap(maxKeys);
  settleInside(root, maxKeys);
}

function settleInside(object: ObjectPlace, maxKeys: number): void {
  for (const { value } of object.fields()) settleValue(value, maxKeys);
  if (object.anyValue !== undefined) settleValue(object.anyValue, maxKeys);
}

/** Recursion goes as deep as places are nested, which the limits hold to some hundred levels. */
function settleValue(value: ValuePlace, maxKeys: number): void {
  const { objects } = value;
  if (objects !== undefined) {
    if (!objects.isMap && (objects.anyValue !== undefined || looksLikeMap(objects)))
      objects.becomeMap(maxKeys);
    settleInside(objects, maxKeys);
  }
  const element = value.arrays?.element;
  if (element !== undefined) settleValue(element, maxKeys);
}
