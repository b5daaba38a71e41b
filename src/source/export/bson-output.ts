import { DocrowError } from '../../errors/docrow-error.ts';

/** While a value is written in its long form it may be larger than what becomes of it. */
const maxBytes = 128 * 1024 * 1024;

/** Where 8 bytes of a double are put in order. Node.js runs on machines with the lowest byte first only. */
const doubleValue = new Float64Array(1);
const doubleBytes = new Uint8Array(doubleValue.buffer);

/** BSON that is being written: a buffer that grows, and the offset of the next byte. */
export class BsonOutput {
  bytes: Buffer;
  at = 0;
  #view: DataView | undefined;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** A view over the same memory as `bytes`, with the same offsets. */
  get view(): DataView {
    this.#view ??= new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    return this.#view;
  }

  /** Begins anew in other memory. */
  reset(bytes: Buffer): void {
    this.bytes = bytes;
    this.at = 0;
    this.#view = undefined;
  }

  /**
   * Makes room for so many bytes.
   * @throws DocrowError `source-corrupt` when a document grows beyond all measure
   */
  ensure(count: number): void {
    if (this.at + count > this.bytes.length) this.#grow(this.at + count);
  }

  #grow(needed: number): void {
    if (needed > maxBytes)
      throw new DocrowError('source-corrupt', 'a document is longer than MongoDB allows');
    const grown = Buffer.allocUnsafeSlow(Math.min(maxBytes, Math.max(needed, this.bytes.length * 2)));
    this.bytes.copy(grown, 0, 0, this.at);
    this.bytes = grown;
    this.#view = undefined;
  }

  /** Room for it must have been made, as for all that follow. */
  writeInt32(value: number): void {
    this.setInt32(this.at, value);
    this.at += 4;
  }

  setInt32(at: number, value: number): void {
    const { bytes } = this;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
  }

  /** @param value an integer of at most 2^53 either way */
  writeSafeInt64(value: number): void {
    this.writeInt32(value | 0);
    this.writeInt32(Math.floor(value / 0x1_0000_0000));
  }

  writeInt64(value: bigint): void {
    this.view.setBigInt64(this.at, value, true);
    this.at += 8;
  }

  writeDouble(value: number): void {
    const { bytes, at } = this;
    doubleValue[0] = value;
    for (let index = 0; index < 8; index++) bytes[at + index] = doubleBytes[index] as number;
    this.at = at + 8;
  }

  /** Puts bytes into a document after its length, which grows by them. Everything behind moves. */
  insertFields(start: number, fields: Uint8Array): void {
    this.ensure(fields.length);
    const { bytes } = this;
    bytes.copyWithin(start + 4 + fields.length, start + 4, this.at);
    bytes.set(fields, start + 4);
    this.at += fields.length;
    this.setInt32(start, this.at - start);
  }
}
