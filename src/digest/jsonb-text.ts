import { createMemory, type Memory, requireRoom } from '../encoding/memory.ts';
import { hasEscapes, JsonTape, needsRewriting, tapeStride } from './json-tape.ts';
import { plainNumber } from './plain-number.ts';

/** Fewer keys are sorted by insertion, which is the fastest for the few that most objects have. */
const maxInsertionSort = 24;

/**
 * Writes JSON text as PostgreSQL prints a jsonb: keys ordered by their length in bytes and then by their bytes, of equal
 * ones the last, `": "` and `", "` between the parts, numbers as numeric prints them, the escapes of `escape_json`.
 *
 * The text is scanned once, into a tape of its values, and then written in the order of the keys. No object or string
 * is made, but for numbers with an exponent and for escapes that the encoder does not write.
 * Calls nest as deep as the text, which the encoder keeps to 2,000 levels.
 */
export class JsonbText {
  /** What was written last: a byte 1, which is the version that `jsonb_send` begins with, then the text. */
  memory = createMemory(4096);
  length = 0;
  #input = this.memory;
  #position = 0;
  /** Bytes that the whole text takes at most, but for numbers that grow. */
  #room = 0;
  readonly #tape = new JsonTape();
  #words = this.#tape.words;
  /** Places of the keys of the objects that are being written, the innermost last. */
  #keys = new Int32Array(256);
  #keyCount = 0;

  /** @param at where the text begins in `input`; it has to be well formed, as the encoder writes it */
  write(input: Memory, at: number, length: number): void {
    this.#input = input;
    // Between two bytes of the text comes one space at most.
    this.#room = 2 * length + 16;
    this.#reserve(0, this.#room);
    this.#tape.scan(input, at, at + length);
    this.#words = this.#tape.words;
    this.#keyCount = 0;
    this.memory.bytes[0] = 1;
    this.#position = 1;
    this.#writeValue(0);
    this.length = this.#position;
  }

  /**
   * Rewrites the text in [at, end) where it stands.
   * @returns the offset after it
   * @throws RangeError when there is no room
   */
  normalize(memory: Memory, at: number, end: number): number {
    requireRoom(memory, end);
    this.write(memory, at, end - at);
    const stop = at + this.length - 1;
    requireRoom(memory, stop);
    this.memory.bytes.copy(memory.bytes, at, 1, this.length);
    return stop;
  }

  #writeValue(token: number): void {
    const words = this.#words;
    const start = words[token]!;
    const first = this.#input.bytes[start]!;
    if (first === 0x7b) this.#writeObject(token);
    else if (first === 0x5b) this.#writeArray(token);
    else if ((words[token + 3]! & needsRewriting) !== 0) this.#rewrite(token);
    else this.#copy(start, words[token + 1]!);
  }

  #writeArray(token: number): void {
    const end = this.#words[token + 2]!;
    this.memory.bytes[this.#position++] = 0x5b;
    for (let item = token + tapeStride; item < end; ) {
      this.#writeValue(item);
      item = this.#words[item + 2]!;
      if (item < end) this.#writePair(0x2c);
    }
    this.memory.bytes[this.#position++] = 0x5d;
  }

  #writeObject(token: number): void {
    const base = this.#keyCount;
    this.#takeKeys(token);
    const count = this.#keyCount;
    this.memory.bytes[this.#position++] = 0x7b;
    for (let i = base; i < count; i++) {
      const key = this.#keys[i]!;
      const words = this.#words;
      if ((words[key + 3]! & needsRewriting) !== 0) this.#rewrite(key);
      else this.#copy(words[key]!, words[key + 1]!);
      this.#writePair(0x3a);
      this.#writeValue(key + tapeStride);
      if (i + 1 < count) this.#writePair(0x2c);
    }
    this.memory.bytes[this.#position++] = 0x7d;
    this.#keyCount = base;
  }

  /** Puts the keys of an object behind `#keyCount`, in PostgreSQL's order and each once. */
  #takeKeys(token: number): void {
    const words = this.#words;
    const end = words[token + 2]!;
    const base = this.#keyCount;
    let count = base;
    let isSorted = true;
    for (let key = token + tapeStride; key < end; key = words[key + tapeStride + 2]!) {
      if (count === this.#keys.length) this.#growKeys();
      this.#keys[count] = key;
      if (isSorted && count > base && this.#compareKeys(this.#keys[count - 1]!, key) >= 0) isSorted = false;
      count++;
    }
    this.#keyCount = count;
    if (isSorted) return;
    this.#sortKeys(base, count);
    this.#keyCount = this.#dropRepeated(base, count);
  }

  #sortKeys(base: number, count: number): void {
    const keys = this.#keys;
    // Equal keys stay in the order of the text.
    if (count - base > maxInsertionSort) {
      keys.subarray(base, count).sort((a, b) => this.#compareKeys(a, b) || a - b);
      return;
    }
    for (let i = base + 1; i < count; i++) {
      const key = keys[i]!;
      let to = i;
      for (; to > base && this.#compareKeys(keys[to - 1]!, key) > 0; to--) keys[to] = keys[to - 1]!;
      keys[to] = key;
    }
  }

  /** Keeps the last of keys that are equal. */
  #dropRepeated(base: number, count: number): number {
    const keys = this.#keys;
    let kept = base;
    for (let i = base; i < count; i++) {
      const isRepeated = i + 1 < count && this.#compareKeys(keys[i]!, keys[i + 1]!) === 0;
      if (!isRepeated) keys[kept++] = keys[i]!;
    }
    return kept;
  }

  #compareKeys(a: number, b: number): number {
    const words = this.#words;
    if (((words[a + 3]! | words[b + 3]!) & hasEscapes) !== 0) return this.#compareEscaped(a, b);
    let aAt = words[a]!;
    let bAt = words[b]!;
    const length = words[a + 1]! - aAt;
    const difference = length - (words[b + 1]! - bAt);
    if (difference !== 0) return difference;
    const { bytes } = this.#input;
    for (const end = aAt + length; aAt < end; aAt++, bAt++) {
      if (bytes[aAt] !== bytes[bAt]) return bytes[aAt]! - bytes[bAt]!;
    }
    return 0;
  }

  #compareEscaped(a: number, b: number): number {
    const [x, y] = [Buffer.from(this.#valueOf(a)), Buffer.from(this.#valueOf(b))];
    return x.length - y.length || Buffer.compare(x, y);
  }

  #textOf(token: number): string {
    return this.#input.bytes.toString('utf8', this.#words[token]!, this.#words[token + 1]!);
  }

  #valueOf(key: number): string {
    return JSON.parse(this.#textOf(key)) as string;
  }

  #rewrite(token: number): void {
    const text = this.#textOf(token);
    const written = text.startsWith('"') ? escapeText(JSON.parse(text) as string) : plainNumber(text);
    const size = Buffer.byteLength(written);
    // A large exponent makes many digits; behind them there has to be room for the rest of the text.
    if (size > text.length) this.#reserve(this.#position, this.#position + size + this.#room);
    this.memory.bytes.write(written, this.#position, 'utf8');
    this.#position += size;
  }

  /** Writes a comma or a colon, and a space. */
  #writePair(byte: number): void {
    this.memory.view.setInt16(this.#position, byte | 0x2000, true);
    this.#position += 2;
  }

  #copy(from: number, end: number): void {
    const { bytes, view } = this.#input;
    const { bytes: target, view: targetView } = this.memory;
    let position = this.#position;
    const length = end - from;
    this.#position = position + length;
    if (length >= 400) {
      bytes.copy(target, position, from, end);
    } else if (length >= 4) {
      // The last word ends with the text, and may overlap the one before it.
      targetView.setInt32(position + length - 4, view.getInt32(end - 4, true), true);
      for (const last = end - 4; from < last; from += 4, position += 4) {
        targetView.setInt32(position, view.getInt32(from, true), true);
      }
    } else {
      for (; from < end; from++, position++) target[position] = bytes[from]!;
    }
  }

  /** Makes the memory so large, keeping its first `used` bytes. */
  #reserve(used: number, capacity: number): void {
    if (capacity <= this.memory.bytes.length) return;
    const larger = createMemory(Math.max(capacity, 2 * this.memory.bytes.length));
    this.memory.bytes.copy(larger.bytes, 0, 0, used);
    this.memory = larger;
  }

  #growKeys(): void {
    const larger = new Int32Array(this.#keys.length * 2);
    larger.set(this.#keys);
    this.#keys = larger;
  }
}

/** A string as PostgreSQL's `escape_json` writes it, which is as JavaScript does but for lone surrogates. */
const escapeText = (text: string): string => JSON.stringify(text);
