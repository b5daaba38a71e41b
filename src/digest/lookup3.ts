/** A hash of 64 bits, as two signed words: a BigInt per value would be an object per value. */
export interface Hash64 {
  high: number;
  low: number;
}

export const createHash64 = (): Hash64 => ({ high: 0, low: 0 });

/**
 * Hashes bytes as PostgreSQL's `hash_bytes_extended` does on a little-endian machine (common/hashfn.c, which is Bob
 * Jenkins's lookup3 with a seed). The steps `mix` and `final` are written out, since calls would cost half of the speed.
 * @param high upper half of the seed, as a signed word; a seed of 0 is as good as none
 * @param result takes the hash
 */
export function hashBytes(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  length: number,
  high: number,
  low: number,
  result: Hash64,
): void {
  let a = (0x9e3779b9 + length + 3923095) | 0;
  let b = a;
  let c = a;
  if ((high | low) !== 0) {
    a = (a + high) | 0;
    b = (b + low) | 0;
    a = (a - c) ^ ((c << 4) | (c >>> 28));
    c = (c + b) | 0;
    b = (b - a) ^ ((a << 6) | (a >>> 26));
    a = (a + c) | 0;
    c = (c - b) ^ ((b << 8) | (b >>> 24));
    b = (b + a) | 0;
    a = (a - c) ^ ((c << 16) | (c >>> 16));
    c = (c + b) | 0;
    b = (b - a) ^ ((a << 19) | (a >>> 13));
    a = (a + c) | 0;
    c = (c - b) ^ ((b << 4) | (b >>> 28));
    b = (b + a) | 0;
  }
  const end = at + length;
  for (; at + 12 <= end; at += 12) {
    a = (a + view.getInt32(at, true)) | 0;
    b = (b + view.getInt32(at + 4, true)) | 0;
    c = (c + view.getInt32(at + 8, true)) | 0;
    a = (a - c) ^ ((c << 4) | (c >>> 28));
    c = (c + b) | 0;
    b = (b - a) ^ ((a << 6) | (a >>> 26));
    a = (a + c) | 0;
    c = (c - b) ^ ((b << 8) | (b >>> 24));
    b = (b + a) | 0;
    a = (a - c) ^ ((c << 16) | (c >>> 16));
    c = (c + b) | 0;
    b = (b - a) ^ ((a << 19) | (a >>> 13));
    a = (a + c) | 0;
    c = (c - b) ^ ((b << 4) | (b >>> 28));
    b = (b + a) | 0;
  }
  // The last 0 to 11 bytes; the lowest byte of c is left to the length, which is in all three from the start.
  let left = end - at;
  if (left >= 8) {
    a = (a + view.getInt32(at, true)) | 0;
    b = (b + view.getInt32(at + 4, true)) | 0;
    at += 8;
    left -= 8;
    if (left === 3) c += bytes[at + 2]! << 24;
    if (left >= 2) c += bytes[at + 1]! << 16;
    if (left >= 1) c += bytes[at]! << 8;
    c |= 0;
  } else if (left >= 4) {
    a = (a + view.getInt32(at, true)) | 0;
    at += 4;
    left -= 4;
    if (left === 3) b += bytes[at + 2]! << 16;
    if (left >= 2) b += bytes[at + 1]! << 8;
    if (left >= 1) b += bytes[at]!;
    b |= 0;
  } else {
    if (left === 3) a += bytes[at + 2]! << 16;
    if (left >= 2) a += bytes[at + 1]! << 8;
    if (left >= 1) a += bytes[at]!;
    a |= 0;
  }
  c = ((c ^ b) - ((b << 14) | (b >>> 18))) | 0;
  a = ((a ^ c) - ((c << 11) | (c >>> 21))) | 0;
  b = ((b ^ a) - ((a << 25) | (a >>> 7))) | 0;
  c = ((c ^ b) - ((b << 16) | (b >>> 16))) | 0;
  a = ((a ^ c) - ((c << 4) | (c >>> 28))) | 0;
  b = ((b ^ a) - ((a << 14) | (a >>> 18))) | 0;
  c = ((c ^ b) - ((b << 24) | (b >>> 8))) | 0;
  result.high = b;
  result.low = c;
}
