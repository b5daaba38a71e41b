import type { Decimal128Parts } from '../bson/decimal128.ts';

/**
 * One BSON value taken apart, with nothing lost: texts stay bytes until they are read (they may not be UTF-8),
 * documents and arrays stay raw until their elements are asked for (they may be nested without end).
 */
export type BsonValue =
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'int32'; readonly value: number }
  | { readonly type: 'int64'; readonly value: bigint }
  | { readonly type: 'decimal128'; readonly value: Decimal128Parts }
  | { readonly type: 'string' | 'symbol' | 'code'; readonly text: Buffer }
  | { readonly type: 'document' | 'array'; readonly raw: Buffer }
  | { readonly type: 'binary'; readonly subtype: number; readonly bytes: Buffer }
  | { readonly type: 'objectId'; readonly bytes: Buffer }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'date'; readonly milliseconds: bigint }
  | { readonly type: 'timestamp'; readonly seconds: number; readonly increment: number }
  | { readonly type: 'regex'; readonly pattern: Buffer; readonly options: Buffer }
  | { readonly type: 'dbPointer'; readonly namespace: Buffer; readonly id: Buffer }
  | { readonly type: 'codeWithScope'; readonly code: Buffer; readonly scope: Buffer }
  | { readonly type: 'null' | 'undefined' | 'minKey' | 'maxKey' };

/** A field of a document, or an item of an array. */
export interface BsonElement {
  readonly key: Buffer;
  readonly value: BsonValue;
  readonly raw: RawBytes;
}

/** A value as it stands in its document. */
export interface RawBytes {
  readonly type: number;
  readonly bytes: Buffer;
}

/** True when two values are the very same, type included. */
export const sameBytes = (a: RawBytes, b: RawBytes): boolean => a.type === b.type && a.bytes.equals(b.bytes);

/** The text of a BSON string made here, not read from a document. */
export const stringValue = (text: string): BsonValue => ({ type: 'string', text: Buffer.from(text) });

/** True for a binary of subtype 4 with the 16 bytes that a UUID has. */
export const isUuid = (
  value: BsonValue,
): value is Extract<BsonValue, { readonly type: 'binary' }> & { readonly subtype: 4 } =>
  value.type === 'binary' && value.subtype === 4 && value.bytes.length === 16;

/** 16 bytes as lower-case 8-4-4-4-12. */
export function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
