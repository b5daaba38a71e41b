import { bsonType } from '../../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../../bson/value-end.ts';
import { Binaries } from './binary-stats.ts';
import { walkContainers } from './check-structure.ts';
import { Dates } from './date-stats.ts';
import { hashBytes } from './hash-bytes.ts';
import { Decimals, Doubles, WholeNumbers } from './number-stats.ts';
import { pathAt } from './path-at.ts';
import type { PlaceTree } from './place-tree.ts';
import { ArrayPlace, FieldPlace, isKey, ObjectPlace, type ValuePlace } from './places.ts';
import { SeenKeys } from './seen-keys.ts';
import { Strings } from './string-stats.ts';
import { typeSlots } from './type-slots.ts';

/**
 * Walks through documents whose structure was checked, and notes every value at its place.
 *
 * Objects at one place mostly have their keys in one order. After each key the one that followed it the last time
 * is expected, and its bytes are compared with the document's; only another key is hashed and looked up.
 */
export class DocumentScan {
  duplicateKeyDocuments = 0;
  /** Where the first key that came twice stands. */
  duplicateKeyPath: string | undefined;
  readonly #tree: PlaceTree;
  readonly #seenKeys = new SeenKeys();
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Number of the object that is walked through. It wraps around, which no object lives to see. */
  #object = 0;
  /** Offset of the first key of this document that came twice, or -1. */
  #duplicateAt = -1;

  constructor(tree: PlaceTree) {
    this.#tree = tree;
  }

  document(bytes: Uint8Array, view: DataView, start: number): void {
    this.#bytes = bytes;
    this.#view = view;
    this.#duplicateAt = -1;
    this.#seenKeys.begin();
    this.#fields(this.#tree.root, start, start + view.getInt32(start, true), 1);
    if (this.#duplicateAt === -1) return;
    this.duplicateKeyDocuments++;
    this.duplicateKeyPath ??= pathAt(bytes, view, start, this.#duplicateAt);
  }

  #fields(place: ObjectPlace, start: number, end: number, level: number): void {
    const bytes = this.#bytes;
    const view = this.#view;
    const limit = end - 1;
    this.#object = (this.#object + 1) | 0;
    const object = this.#object;
    let previous = place.head;
    let count = 0;
    let at = start + 4;
    while (at < limit) {
      const type = bytes[at] as number;
      const keyStart = at + 1;
      let field = previous.expected;
      let value: ValuePlace | undefined;
      let valueAt: number;
      if (field !== undefined && isKey(field.key, bytes, keyStart)) {
        valueAt = keyStart + field.key.length;
      } else {
        valueAt = keyEnd(bytes, keyStart, limit) + 1;
        field = place.isMap ? undefined : this.#findOrAdd(place, previous, start, keyStart, valueAt);
      }
      at = valueEnd(type, bytes, view, valueAt, limit);
      if (field === undefined) {
        place.anyValue ??= this.#tree.newValue();
        value = this.#seenKeys.add(object, bytes, view, keyStart, valueAt - 1)
          ? this.#duplicate(keyStart)
          : place.anyValue;
        previous = place.head;
      } else {
        value = field.seenIn === object ? this.#duplicate(keyStart) : field.value;
        field.seenIn = object;
        previous.expected = field;
        previous = field;
      }
      count++;
      if (value !== undefined) this.#value(value, type, valueAt, at, level);
      else this.#pass(type, valueAt);
    }
    place.count++;
    if (count === 0) place.emptyCount++;
    if (count < place.minFields) place.minFields = count;
    if (count > place.maxFields) place.maxFields = count;
  }

  /** The field of a key that was not expected; undefined where the object is a map now, or there is no more room. */
  #findOrAdd(
    place: ObjectPlace,
    previous: FieldPlace,
    start: number,
    keyStart: number,
    valueAt: number,
  ): FieldPlace | undefined {
    const bytes = this.#bytes;
    const hash = hashBytes(bytes, this.#view, keyStart, valueAt - 1);
    const known = place.find(hash, bytes, keyStart);
    if (known !== undefined) return known;
    if (place.distinctKeys >= this.#tree.limits.maxKeys) {
      this.#tree.makeMap(place);
      this.#noteKeys(start, keyStart);
      return undefined;
    }
    const value = this.#tree.newField();
    if (value === undefined) return undefined;
    const field = new FieldPlace(Uint8Array.prototype.slice.call(bytes, keyStart, valueAt), hash, value);
    place.insert(field, previous);
    return field;
  }

  /** Notes the keys of an object up to `until`, which were found by their fields, now that these are gone. */
  #noteKeys(start: number, until: number): void {
    const bytes = this.#bytes;
    const view = this.#view;
    const limit = start + view.getInt32(start, true) - 1;
    for (let at = start + 4; at + 1 < until; ) {
      const keyStop = keyEnd(bytes, at + 1, limit);
      this.#seenKeys.add(this.#object, bytes, view, at + 1, keyStop);
      at = valueEnd(bytes[at] as number, bytes, view, keyStop + 1, limit);
    }
  }

  /** Notes that the key at `keyStart` stands there again. Its value is not counted. */
  #duplicate(keyStart: number): undefined {
    if (this.#duplicateAt === -1) this.#duplicateAt = keyStart;
  }

  #value(place: ValuePlace, type: number, at: number, end: number, level: number): void {
    const view = this.#view;
    place.counts[typeSlots[type] as number]!++;
    switch (type) {
      case bsonType.string:
        place.strings ??= new Strings();
        place.strings.add(this.#bytes, view, at + 4, end - 1);
        break;
      case bsonType.int32:
        place.integers ??= new WholeNumbers();
        place.integers.addNumber(view.getInt32(at, true));
        break;
      case bsonType.int64:
        place.integers ??= new WholeNumbers();
        place.integers.addInt64(view, at);
        break;
      case bsonType.double: {
        place.doubles ??= new Doubles();
        const value = view.getFloat64(at, true);
        if (!place.doubles.add(value)) break;
        place.integers ??= new WholeNumbers();
        place.integers.addNumber(value);
        break;
      }
      case bsonType.date:
        place.dates ??= new Dates();
        place.dates.add(view, at);
        break;
      case bsonType.document:
        if (level >= this.#tree.limits.maxProfiledDepth) {
          this.#pass(type, at);
          break;
        }
        place.objects ??= new ObjectPlace();
        this.#fields(place.objects, at, end, level + 1);
        break;
      case bsonType.array:
        if (level >= this.#tree.limits.maxProfiledDepth) {
          this.#pass(type, at);
          break;
        }
        place.arrays ??= new ArrayPlace();
        this.#elements(place.arrays, at, end, level + 1);
        break;
      case bsonType.binary:
        place.binaries ??= new Binaries();
        place.binaries.add(this.#bytes, view, at);
        break;
      case bsonType.decimal128:
        place.decimals ??= new Decimals();
        place.decimals.add(view, at);
        break;
      case bsonType.codeWithScope:
        this.#pass(type, at);
        break;
    }
  }

  #elements(place: ArrayPlace, start: number, end: number, level: number): void {
    const bytes = this.#bytes;
    const view = this.#view;
    const limit = end - 1;
    let length = 0;
    for (let at = start + 4; at < limit; length++) {
      const type = bytes[at] as number;
      const valueAt = keyEnd(bytes, at + 1, limit) + 1;
      at = valueEnd(type, bytes, view, valueAt, limit);
      place.element ??= this.#tree.newValue();
      if (place.element === undefined) this.#pass(type, valueAt);
      else this.#value(place.element, type, valueAt, at, level);
    }
    place.count++;
    place.elements += length;
    if (length === 0) place.empty++;
    if (length < place.minLength) place.minLength = length;
    if (length > place.maxLength) place.maxLength = length;
  }

  /** Goes through a value for which there is no place, to find keys that come twice. */
  #pass(type: number, at: number): void {
    const isArray = type === bsonType.array;
    if (type !== bsonType.document && type !== bsonType.codeWithScope && !isArray) return;
    const bytes = this.#bytes;
    const view = this.#view;
    const start = type === bsonType.codeWithScope ? at + 8 + view.getInt32(at + 4, true) : at;
    const before = this.#object;
    let objects = 0;
    walkContainers(
      bytes,
      view,
      start,
      isArray,
      () => {
        objects++;
      },
      (object, keyStart, keyStop) => {
        if (this.#seenKeys.add((before + 1 + object) | 0, bytes, view, keyStart, keyStop)) {
          this.#duplicate(keyStart);
        }
      },
    );
    this.#object = (before + 1 + objects) | 0;
  }
}
