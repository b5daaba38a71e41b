/** The ECMA-182 polynomial, bits reversed: CRC-64/XZ, which the MongoDB tools store for each collection. */
const polynomialLow = 0xd7870f42;
const polynomialHigh = 0xc96c5795;

/** Eight tables of 256 entries, so that eight bytes are taken at a time ("slicing by 8", Intel 2006). */
const low = new Int32Array(8 * 256);
const high = new Int32Array(8 * 256);
fillTables();

/** A 64-bit checksum over bytes that come in pieces, kept in two halves as JavaScript counts in 32 bits. */
export class Crc64 {
  #low = -1;
  #high = -1;

  /** Takes in `bytes` from `start` up to `end`. */
  add(bytes: Uint8Array, start: number, end: number): void {
    let lo = this.#low;
    let hi = this.#high;
    let at = start;
    for (const last = end - 7; at < last; at += 8) {
      lo ^=
        (bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24);
      hi ^=
        (bytes[at + 4] as number) |
        ((bytes[at + 5] as number) << 8) |
        ((bytes[at + 6] as number) << 16) |
        ((bytes[at + 7] as number) << 24);
      const a = 0x700 | (lo & 0xff);
      const b = 0x600 | ((lo >>> 8) & 0xff);
      const c = 0x500 | ((lo >>> 16) & 0xff);
      const d = 0x400 | (lo >>> 24);
      const e = 0x300 | (hi & 0xff);
      const f = 0x200 | ((hi >>> 8) & 0xff);
      const g = 0x100 | ((hi >>> 16) & 0xff);
      const h = hi >>> 24;
      lo = entry(low, a) ^ entry(low, b) ^ entry(low, c) ^ entry(low, d);
      lo ^= entry(low, e) ^ entry(low, f) ^ entry(low, g) ^ entry(low, h);
      hi = entry(high, a) ^ entry(high, b) ^ entry(high, c) ^ entry(high, d);
      hi ^= entry(high, e) ^ entry(high, f) ^ entry(high, g) ^ entry(high, h);
    }
    for (; at < end; at++) {
      const index = (lo ^ (bytes[at] as number)) & 0xff;
      lo = ((lo >>> 8) | (hi << 24)) ^ entry(low, index);
      hi = (hi >>> 8) ^ entry(high, index);
    }
    this.#low = lo;
    this.#high = hi;
  }

  /** As a signed 64-bit number, which is how an archive holds it. */
  get value(): bigint {
    return BigInt.asIntN(64, (BigInt(~this.#high >>> 0) << 32n) | BigInt(~this.#low >>> 0));
  }
}

function entry(table: Int32Array, index: number): number {
  return table[index] as number;
}

function fillTables(): void {
  for (let byte = 0; byte < 256; byte++) {
    let lo = byte;
    let hi = 0;
    for (let bit = 0; bit < 8; bit++) {
      const carry = lo & 1;
      lo = (lo >>> 1) | (hi << 31);
      hi >>>= 1;
      if (carry === 1) {
        lo ^= polynomialLow;
        hi ^= polynomialHigh;
      }
    }
    low[byte] = lo;
    high[byte] = hi;
  }
  for (let index = 256; index < low.length; index++) {
    const lo = entry(low, index - 256);
    const hi = entry(high, index - 256);
    low[index] = ((lo >>> 8) | (hi << 24)) ^ entry(low, lo & 0xff);
    high[index] = (hi >>> 8) ^ entry(high, lo & 0xff);
  }
}
