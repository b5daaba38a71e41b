import { bsonType } from '../../src/bson/bson-type.ts';

/**
 * BSON written byte by byte, so that tests can make what no library would: duplicate keys, texts that are not UTF-8,
 * NaN with a payload, deprecated types, wrong lengths.
 */

/** A value: its type byte and its bytes. */
export interface RawValue {
  readonly type: number;
  readonly bytes: Buffer;
}

/** A key as text, or as the bytes it shall have. */
export type RawKey = string | Buffer;
export type RawField = readonly [key: RawKey, value: RawValue];

const value = (type: number, ...parts: Uint8Array[]): RawValue => ({ type, bytes: Buffer.concat(parts) });

const written = (size: number, write: (view: DataView) => void): Buffer => {
  const bytes = Buffer.alloc(size);
  write(new DataView(bytes.buffer, bytes.byteOffset, size));
  return bytes;
};

const int32Bytes = (n: number): Buffer => written(4, (view) => view.setInt32(0, n, true));
const int64Bytes = (n: bigint): Buffer => written(8, (view) => view.setBigInt64(0, n, true));
const textBytes = (text: string | Buffer): Buffer => (typeof text === 'string' ? Buffer.from(text) : text);
const cstring = (text: string | Buffer): Buffer => Buffer.concat([textBytes(text), Buffer.alloc(1)]);

const stringBytes = (text: string | Buffer): Buffer => {
  const content = cstring(text);
  return Buffer.concat([int32Bytes(content.length), content]);
};

/** A whole document. */
export function rawDocument(fields: readonly RawField[]): Buffer {
  const parts = fields.flatMap(([key, { type, bytes }]) => [Uint8Array.of(type), cstring(key), bytes]);
  const content = Buffer.concat([...parts, Uint8Array.of(0)]);
  return Buffer.concat([int32Bytes(content.length + 4), content]);
}

export const raw = {
  double: (n: number): RawValue =>
    value(
      bsonType.double,
      written(8, (view) => view.setFloat64(0, n, true)),
    ),
  /** A double by its 64 bits, for NaN with a payload. */
  doubleBits: (bits: bigint): RawValue =>
    value(
      bsonType.double,
      written(8, (view) => view.setBigUint64(0, bits, true)),
    ),
  string: (text: string | Buffer): RawValue => value(bsonType.string, stringBytes(text)),
  document: (fields: readonly RawField[]): RawValue => value(bsonType.document, rawDocument(fields)),
  array: (items: readonly RawValue[]): RawValue =>
    value(bsonType.array, rawDocument(items.map((item, index) => [String(index), item] as const))),
  binary: (bytes: Uint8Array, subtype = 0): RawValue =>
    value(bsonType.binary, int32Bytes(bytes.length), Uint8Array.of(subtype), bytes),
  /** Subtype 2, with its inner length. */
  oldBinary: (bytes: Uint8Array): RawValue => raw.binary(Buffer.concat([int32Bytes(bytes.length), bytes]), 2),
  uuid: (text: string): RawValue => raw.binary(Buffer.from(text.replaceAll('-', ''), 'hex'), 4),
  undefined: (): RawValue => value(bsonType.undefined),
  objectId: (hex: string): RawValue => value(bsonType.objectId, Buffer.from(hex, 'hex')),
  boolean: (truth: boolean): RawValue => value(bsonType.boolean, Uint8Array.of(truth ? 1 : 0)),
  date: (milliseconds: bigint | number | string): RawValue =>
    value(
      bsonType.date,
      int64Bytes(typeof milliseconds === 'string' ? BigInt(Date.parse(milliseconds)) : BigInt(milliseconds)),
    ),
  null: (): RawValue => value(bsonType.null),
  regex: (pattern: string | Buffer, flags: string | Buffer): RawValue =>
    value(bsonType.regex, cstring(pattern), cstring(flags)),
  dbPointer: (namespace: string | Buffer, hex: string): RawValue =>
    value(bsonType.dbPointer, stringBytes(namespace), Buffer.from(hex, 'hex')),
  code: (text: string | Buffer): RawValue => value(bsonType.code, stringBytes(text)),
  symbol: (text: string | Buffer): RawValue => value(bsonType.symbol, stringBytes(text)),
  codeWithScope: (text: string | Buffer, scope: readonly RawField[]): RawValue => {
    const content = Buffer.concat([stringBytes(text), rawDocument(scope)]);
    return value(bsonType.codeWithScope, int32Bytes(content.length + 4), content);
  },
  int32: (n: number): RawValue => value(bsonType.int32, int32Bytes(n)),
  timestamp: (seconds: number, increment: number): RawValue =>
    value(
      bsonType.timestamp,
      written(8, (view) => {
        view.setUint32(0, increment, true);
        view.setUint32(4, seconds, true);
      }),
    ),
  int64: (n: bigint | number): RawValue => value(bsonType.int64, int64Bytes(BigInt(n))),
  /** A Decimal128 by its two 64-bit halves. */
  decimalBits: (high: bigint, low: bigint): RawValue =>
    value(
      bsonType.decimal128,
      written(16, (view) => {
        view.setBigUint64(0, low, true);
        view.setBigUint64(8, high, true);
      }),
    ),
  decimal: (coefficient: bigint, exponent: number): RawValue => {
    const size = coefficient < 0n ? -coefficient : coefficient;
    const high = (coefficient < 0n ? 1n << 63n : 0n) | (BigInt(exponent + 6176) << 49n) | (size >> 64n);
    return raw.decimalBits(high, size & 0xffffffffffffffffn);
  },
  decimalNaN: (): RawValue => raw.decimalBits(0x7c00n << 48n, 0n),
  decimalInfinity: (negative = false): RawValue => raw.decimalBits((negative ? 0xf800n : 0x7800n) << 48n, 0n),
  minKey: (): RawValue => value(bsonType.minKey),
  maxKey: (): RawValue => value(bsonType.maxKey),
};

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Nests `levels` documents in each other under the key `a`, without recursion. */
export function nestedDocument(levels: number): Buffer {
  // Each level around an innermost empty document (5 bytes) adds size, type, key, zero and final zero: 8 bytes.
  const size = 5 + 8 * (levels - 1);
  const bytes = Buffer.alloc(size);
  for (let level = 0; level < levels; level++) {
    const at = level * 7;
    bytes.writeInt32LE(size - level * 8, at);
    if (level < levels - 1) bytes.set([bsonType.document, 0x61], at + 4);
  }
  return bytes;
}
