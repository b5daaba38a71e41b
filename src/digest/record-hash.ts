import { createHash } from 'node:crypto';
import { createMemory, type Memory } from '../encoding/memory.ts';
import type { DigestForm } from './digest-form.ts';
import { createHash64, type Hash64, hashBytes } from './lookup3.ts';

/** Hashes a record of bytea values, one after the other. */
export interface RecordHash {
  /** Begins a record of `count` values. */
  begin(count: number, seed: Readonly<Hash64>): void;
  addNull(): void;
  add(input: Memory, at: number, length: number): void;
  end(result: Hash64): void;
}

export const createRecordHash = (form: DigestForm): RecordHash =>
  form === 'record' ? new ExtendedRecordHash() : new Sha256RecordHash();

/** `hash_record_extended` (PostgreSQL's rowtypes.c): each value's hash with the seed, `r = 31 * r + h`, 0 for NULL. */
class ExtendedRecordHash implements RecordHash {
  readonly #seed = createHash64();
  readonly #value = createHash64();
  #high = 0;
  #low = 0;

  begin(_count: number, seed: Readonly<Hash64>): void {
    this.#seed.high = seed.high;
    this.#seed.low = seed.low;
    this.#high = 0;
    this.#low = 0;
  }

  addNull(): void {
    this.#mix(0, 0);
  }

  add({ bytes, view }: Memory, at: number, length: number): void {
    const value = this.#value;
    hashBytes(bytes, view, at, length, this.#seed.high, this.#seed.low, value);
    this.#mix(value.high, value.low);
  }

  end(result: Hash64): void {
    result.high = this.#high;
    result.low = this.#low;
  }

  #mix(high: number, low: number): void {
    const before = this.#low;
    const shifted = before << 5;
    const less = (shifted - before) | 0;
    const sum = (less + low) | 0;
    const borrow = shifted >>> 0 < before >>> 0 ? 1 : 0;
    const carry = sum >>> 0 < less >>> 0 ? 1 : 0;
    const shiftedHigh = (this.#high << 5) | (before >>> 27);
    this.#high = (shiftedHigh - this.#high - borrow + high + carry) | 0;
    this.#low = sum;
  }
}

const byteaOid = 17;

/** The first 64 bits of the SHA-256 of `record_send(row(…))`: the number of values, then type, length and bytes of each. */
class Sha256RecordHash implements RecordHash {
  #memory = createMemory(4096);
  #length = 0;

  begin(count: number): void {
    this.#memory.view.setInt32(0, count);
    this.#length = 4;
  }

  addNull(): void {
    this.#addHead(-1, 0);
  }

  add({ bytes }: Memory, at: number, length: number): void {
    this.#addHead(length, length);
    bytes.copy(this.#memory.bytes, this.#length, at, at + length);
    this.#length += length;
  }

  end(result: Hash64): void {
    const digest = createHash('sha256').update(this.#memory.bytes.subarray(0, this.#length)).digest();
    result.high = digest.readInt32BE(0);
    result.low = digest.readInt32BE(4);
  }

  #addHead(length: number, room: number): void {
    const needed = this.#length + 8 + room;
    if (needed > this.#memory.bytes.length) {
      const larger = createMemory(2 * needed);
      this.#memory.bytes.copy(larger.bytes, 0, 0, this.#length);
      this.#memory = larger;
    }
    this.#memory.view.setInt32(this.#length, byteaOid);
    this.#memory.view.setInt32(this.#length + 4, length);
    this.#length += 8;
  }
}
