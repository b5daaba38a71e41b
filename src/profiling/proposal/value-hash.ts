import { readBinaryContent, uuidSubtype } from '../../bson/binary-content.ts';
import { bsonType } from '../../bson/bson-type.ts';

/** How values are compared: as PostgreSQL will compare the columns that they go to. */
export type ValueClass = 'text' | 'uuid' | 'integer';

/** Makes 64-bit hashes of values; equal values of one class have equal hashes, whatever their BSON type. */
export class ValueHash {
  low = 0;
  high = 0;
  readonly #scratch = Buffer.alloc(24);
  readonly #view = new DataView(this.#scratch.buffer, this.#scratch.byteOffset, 24);

  /** Begins a hash over several values. */
  start(): void {
    this.low = 0x811c9dc5;
    this.high = 0x9e3779b9;
  }

  /** Ends it; the halves are in `low` and `high`. */
  finish(): void {
    this.low = mix(this.low ^ Math.imul(this.high, 0x85ebca6b)) >>> 0;
    this.high = mix(this.high ^ Math.imul(this.low, 0xc2b2ae35)) >>> 0;
  }

  /** Adds a value; false, and nothing added, for one that is not of the class. */
  add(kind: ValueClass, type: number, bytes: Buffer, view: DataView, at: number): boolean {
    if (kind === 'integer') return this.#addInteger(type, view, at);
    if (kind === 'uuid') return this.#addUuid(type, bytes, view, at);
    if (type === bsonType.string) {
      this.#addBytes(bytes, at + 4, at + 3 + view.getInt32(at, true));
      return true;
    }
    if (type !== bsonType.objectId) return false;
    this.#scratch.write(bytes.toString('hex', at, at + 12), 'latin1');
    this.#addBytes(this.#scratch, 0, 24);
    return true;
  }

  #addInteger(type: number, view: DataView, at: number): boolean {
    if (type === bsonType.int32) this.#view.setBigInt64(0, BigInt(view.getInt32(at, true)));
    else if (type === bsonType.int64) this.#view.setBigInt64(0, view.getBigInt64(at, true));
    else if (type === bsonType.double) {
      const number = view.getFloat64(at, true);
      if (!Number.isInteger(number) || Math.abs(number) >= 2 ** 63) return false;
      this.#view.setBigInt64(0, BigInt(number));
    } else return false;
    this.#addBytes(this.#scratch, 0, 8);
    return true;
  }

  #addUuid(type: number, bytes: Buffer, view: DataView, at: number): boolean {
    if (type === bsonType.binary) {
      const { subtype, start, end } = readBinaryContent(bytes, view, at);
      if (subtype !== uuidSubtype || end - start !== 16) return false;
      this.#addBytes(bytes, start, end);
      return true;
    }
    if (type !== bsonType.string || view.getInt32(at, true) !== 37) return false;
    const digits = bytes.toString('latin1', at + 4, at + 40).replaceAll('-', '');
    if (!/^[0-9a-f]{32}$/i.test(digits)) return false;
    this.#scratch.write(digits, 'hex');
    this.#addBytes(this.#scratch, 0, 16);
    return true;
  }

  #addBytes(bytes: Uint8Array, start: number, end: number): void {
    let { low, high } = this;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      low = Math.imul(low ^ byte, 0x01000193);
      high = Math.imul(high ^ byte, 0x5bd1e995) ^ (high >>> 13);
    }
    // The length keeps ('a', 'bc') and ('ab', 'c') apart.
    this.low = mix(low ^ (end - start));
    this.high = mix(high + (end - start));
  }
}

/** The finalizer of MurmurHash3 (Austin Appleby, public domain). */
function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
