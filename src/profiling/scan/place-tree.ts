import type { ProfileLimits } from '../profile-limits.ts';
import { settleMaps } from '../settle-maps.ts';
import { ObjectPlace, ValuePlace } from './places.ts';

/**
 * All places of a collection, kept few. Between documents `compact` makes maps where there are too many; within one
 * document, which may bring millions, new keys find no room beyond twice the limit, and nothing beyond three times.
 */
export class PlaceTree {
  readonly root = new ObjectPlace();
  readonly limits: ProfileLimits;
  places = 0;
  #compactAbove: number;

  constructor(limits: ProfileLimits) {
    this.limits = limits;
    this.#compactAbove = limits.maxPlaces;
  }

  get isFull(): boolean {
    return this.places > this.#compactAbove;
  }

  /** A place for a key; undefined where there is no room to tell it apart. */
  newField(): ValuePlace | undefined {
    return this.places < this.limits.maxPlaces * 2 ? this.newValue() : undefined;
  }

  /** A place for elements, or for the values of a map; undefined where there is no room at all. */
  newValue(): ValuePlace | undefined {
    if (this.places >= this.limits.maxPlaces * 3) return undefined;
    this.places++;
    return new ValuePlace();
  }

  makeMap(object: ObjectPlace): void {
    this.places -= placesBelow(object);
    object.becomeMap(this.limits.maxKeys);
    this.places += placesBelow(object);
  }

  /** Makes maps until there is room again: first where keys look like data, then from the deepest level upwards. */
  compact(): void {
    const { maxPlaces, maxKeys } = this.limits;
    const goal = maxPlaces * 0.75;
    settleMaps(this.root, this.limits);
    this.places = placesBelow(this.root);
    while (this.places > goal) {
      const deepest = deepestObjects(this.root);
      if (deepest.length === 0) break;
      for (const object of deepest) object.becomeMap(maxKeys);
      this.places = placesBelow(this.root);
    }
    this.#compactAbove = Math.max(maxPlaces, this.places + maxPlaces / 4);
  }
}

/** Goes through the values below an object, without going into what `visit` answers false for. */
function forEachValue(object: ObjectPlace, visit: (value: ValuePlace, level: number) => void): void {
  const open: { readonly value: ValuePlace; readonly level: number }[] = [];
  const enter = (inside: ObjectPlace, level: number): void => {
    for (const { value } of inside.fields()) open.push({ value, level });
    if (inside.anyValue !== undefined) open.push({ value: inside.anyValue, level });
  };
  enter(object, 1);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, level } = next;
    visit(value, level);
    if (value.objects !== undefined) enter(value.objects, level + 1);
    const element = value.arrays?.element;
    if (element !== undefined) open.push({ value: element, level: level + 1 });
  }
}

function placesBelow(object: ObjectPlace): number {
  let count = 0;
  forEachValue(object, () => {
    count++;
  });
  return count;
}

/** The objects with fields, the root left out, on the deepest level that has such. */
function deepestObjects(root: ObjectPlace): readonly ObjectPlace[] {
  let deepest = 0;
  let found: ObjectPlace[] = [];
  forEachValue(root, ({ objects }, level) => {
    if (objects === undefined || objects.isMap || level < deepest) return;
    if (level > deepest) found = [];
    deepest = level;
    found.push(objects);
  });
  return found;
}
