import { compareKeys } from './key-order.ts';
import { createMemory, type Memory, requireRoom } from './memory.ts';
import type { RestKey } from './rest-keys.ts';

/** Fewer keys are sorted by insertion, which is the fastest for the few that most objects have. */
const maxInsertionSort = 24;

const wordBytes = 4;
/** From so many bytes on a native copy beats the loop over words. */
const nativeFromBytes = 192;

/** Copies [from, to), and perhaps some bytes behind it, which the next write covers. */
function copyTo(output: Memory, position: number, input: Memory, from: number, to: number): void {
  if (to - from >= nativeFromBytes) {
    input.bytes.copy(output.bytes, position, from, to);
    return;
  }
  const { view } = output;
  for (; from < to; from += wordBytes, position += wordBytes) {
    view.setInt32(position, input.view.getInt32(from, true), true);
  }
}

/**
 * Brings the fields of a rest column into the order in which PostgreSQL prints those of a jsonb. They are written as
 * they come, each with the separator behind it, and moved once those of an object are complete.
 */
export class RestOrder {
  /** Whether a key was there twice since `clear`; both stand in the text then, the later one behind. */
  isRepeating = false;
  /** Fields of the objects that are being written, those of the innermost last: their keys and where they begin. */
  readonly #keys: RestKey[] = [];
  #starts = new Int32Array(64);
  #count = 0;
  #places = new Int32Array(64);
  #scratch = createMemory(1024);

  clear(): void {
    this.#count = 0;
    this.isRepeating = false;
  }

  /** Begins an object inside of the last one. @returns what `arrange` wants to know */
  begin(): number {
    return this.#count;
  }

  /** Notes a field of the innermost object that begins at `start`. */
  add(key: RestKey, start: number): void {
    if (this.#count === this.#starts.length) this.#grow();
    this.#keys[this.#count] = key;
    this.#starts[this.#count++] = start;
  }

  /** Puts the fields of the innermost object in order, and ends it. @param end position after them */
  arrange(base: number, output: Memory, end: number): void {
    const count = this.#count - base;
    this.#count = base;
    if (!this.#sort(base, count)) return;
    const start = this.#starts[base]!;
    requireRoom(output, end);
    const needed = end - start + wordBytes;
    if (this.#scratch.bytes.length < needed) this.#scratch = createMemory(2 * needed);
    output.bytes.copy(this.#scratch.bytes, 0, start, end);
    let position = start;
    for (let i = 0; i < count; i++) {
      const place = base + this.#places[i]!;
      const from = this.#starts[place]! - start;
      const to = (place + 1 < base + count ? this.#starts[place + 1]! : end) - start;
      copyTo(output, position, this.#scratch, from, to);
      position += to - from;
    }
  }

  /** Sets the places of the fields in their order. @returns false when they are in order already */
  #sort(base: number, count: number): boolean {
    if (count > maxInsertionSort) return this.#sortMany(base, count);
    const keys = this.#keys;
    const places = this.#places;
    let isMoved = false;
    for (let i = 0; i < count; i++) {
      const { bytes } = keys[base + i]!;
      let to = i;
      for (; to > 0; to--) {
        const difference = compareKeys(keys[base + places[to - 1]!]!.bytes, bytes);
        if (difference === 0) this.isRepeating = true;
        if (difference <= 0) break;
        places[to] = places[to - 1]!;
        isMoved = true;
      }
      places[to] = i;
    }
    return isMoved;
  }

  #sortMany(base: number, count: number): boolean {
    const keys = this.#keys;
    const compare = (a: number, b: number): number =>
      compareKeys(keys[base + a]!.bytes, keys[base + b]!.bytes);
    const places = this.#places.subarray(0, count);
    for (let i = 0; i < count; i++) places[i] = i;
    // Equal keys stay in the order of the text.
    places.sort((a, b) => compare(a, b) || a - b);
    for (let i = 1; i < count; i++) if (compare(places[i - 1]!, places[i]!) === 0) this.isRepeating = true;
    return true;
  }

  #grow(): void {
    const larger = new Int32Array(this.#starts.length * 2);
    larger.set(this.#starts);
    this.#starts = larger;
    this.#places = new Int32Array(larger.length);
  }
}
