import type { Binaries } from './binary-stats.ts';
import type { Dates } from './date-stats.ts';
import type { Decimals, Doubles, WholeNumbers } from './number-stats.ts';
import type { Strings } from './string-stats.ts';
import { typeCount } from './type-slots.ts';

/** The values at one place. What is undefined was not seen. */
export class ValuePlace {
  /** By type slot. */
  readonly counts = new Float64Array(typeCount);
  integers: WholeNumbers | undefined = undefined;
  doubles: Doubles | undefined = undefined;
  decimals: Decimals | undefined = undefined;
  strings: Strings | undefined = undefined;
  dates: Dates | undefined = undefined;
  binaries: Binaries | undefined = undefined;
  arrays: ArrayPlace | undefined = undefined;
  objects: ObjectPlace | undefined = undefined;

  get count(): number {
    let sum = 0;
    for (const count of this.counts) sum += count;
    return sum;
  }

  /** Takes over what `other` saw; `other` is not to be used any more. */
  merge(other: ValuePlace, maxKeys: number): void {
    for (const [slot, count] of other.counts.entries()) this.counts[slot]! += count;
    this.integers = joined(this.integers, other.integers, maxKeys);
    this.doubles = joined(this.doubles, other.doubles, maxKeys);
    this.decimals = joined(this.decimals, other.decimals, maxKeys);
    this.strings = joined(this.strings, other.strings, maxKeys);
    this.dates = joined(this.dates, other.dates, maxKeys);
    this.binaries = joined(this.binaries, other.binaries, maxKeys);
    this.arrays = joined(this.arrays, other.arrays, maxKeys);
    this.objects = joined(this.objects, other.objects, maxKeys);
  }
}

export class ArrayPlace {
  count = 0;
  empty = 0;
  minLength = Number.POSITIVE_INFINITY;
  maxLength = 0;
  elements = 0;
  element: ValuePlace | undefined = undefined;

  merge(other: ArrayPlace, maxKeys: number): void {
    this.count += other.count;
    this.empty += other.empty;
    this.minLength = Math.min(this.minLength, other.minLength);
    this.maxLength = Math.max(this.maxLength, other.maxLength);
    this.elements += other.elements;
    this.element = joined(this.element, other.element, maxKeys);
  }
}

/** A key of the objects at one place, in a list of these in their usual order. */
export class FieldPlace {
  /** With its final zero byte. */
  readonly key: Uint8Array;
  readonly hash: number;
  readonly value: ValuePlace;
  /** The next one in the usual order. */
  following: FieldPlace | undefined = undefined;
  /** The one that came after it the last time. */
  expected: FieldPlace | undefined = undefined;
  /** Another one whose key has the same hash. */
  sameHash: FieldPlace | undefined = undefined;
  /** Number of the object in which it was last seen. */
  seenIn = 0;

  constructor(key: Uint8Array, hash: number, value: ValuePlace) {
    this.key = key;
    this.hash = hash;
    this.value = value;
  }
}

const noKey = new Uint8Array(0);
const noValue = new ValuePlace();

/** The objects at one place. */
export class ObjectPlace {
  count = 0;
  emptyCount = 0;
  minFields = Number.POSITIVE_INFINITY;
  maxFields = 0;
  distinctKeys = 0;
  isMap = false;
  /** What stands under keys that are not told apart: all of a map, or those for which there was no room. */
  anyValue: ValuePlace | undefined = undefined;
  /** Stands before the first field; its key is never compared. */
  readonly head = new FieldPlace(noKey, 0, noValue);
  readonly #byHash = new Map<number, FieldPlace>();

  /** The fields in their usual order. */
  *fields(): Generator<FieldPlace> {
    for (let field = this.head.following; field !== undefined; field = field.following) yield field;
  }

  /** @param key the key's bytes begin at `at` and end with a zero byte */
  find(hash: number, bytes: Uint8Array, at: number): FieldPlace | undefined {
    let field = this.#byHash.get(hash);
    while (field !== undefined && !isKey(field.key, bytes, at)) field = field.sameHash;
    return field;
  }

  /** A new key comes after the one it was first seen behind. */
  insert(field: FieldPlace, previous: FieldPlace): void {
    field.following = previous.following;
    previous.following = field;
    field.sameHash = this.#byHash.get(field.hash);
    this.#byHash.set(field.hash, field);
    this.distinctKeys++;
  }

  /** Tells keys apart no longer: what stands under them is put together. */
  becomeMap(maxKeys: number): void {
    if (this.isMap) return;
    this.isMap = true;
    for (const { value } of this.fields()) this.anyValue = joined(this.anyValue, value, maxKeys);
    this.head.following = undefined;
    this.head.expected = undefined;
    this.#byHash.clear();
  }

  merge(other: ObjectPlace, maxKeys: number): void {
    this.count += other.count;
    this.emptyCount += other.emptyCount;
    this.minFields = Math.min(this.minFields, other.minFields);
    this.maxFields = Math.max(this.maxFields, other.maxFields);
    const keys = Math.max(this.distinctKeys, other.distinctKeys);
    if (this.isMap || other.isMap) {
      this.becomeMap(maxKeys);
      other.becomeMap(maxKeys);
    } else {
      this.#mergeFields(other, maxKeys);
      if (this.distinctKeys > maxKeys) this.becomeMap(maxKeys);
    }
    this.distinctKeys = Math.max(this.distinctKeys, keys);
    this.anyValue = joined(this.anyValue, other.anyValue, maxKeys);
  }

  #mergeFields(other: ObjectPlace, maxKeys: number): void {
    let previous = this.head;
    for (const field of [...other.fields()]) {
      let own = this.find(field.hash, field.key, 0);
      if (own === undefined) {
        own = new FieldPlace(field.key, field.hash, field.value);
        this.insert(own, previous);
      } else own.value.merge(field.value, maxKeys);
      previous = own;
    }
  }
}

/** Whether the bytes at `at` are this key; its final zero byte makes sure that it ends there. */
export function isKey(key: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < key.length; i++) if (key[i] !== bytes[at + i]) return false;
  return true;
}

/** Both together, in one of them. */
function joined<T extends { merge(other: T, maxKeys: number): void }>(
  own: T | undefined,
  other: T | undefined,
  maxKeys: number,
): T | undefined {
  if (own === undefined) return other;
  if (other !== undefined) own.merge(other, maxKeys);
  return own;
}
