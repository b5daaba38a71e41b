/** A document that may pass once others are in step. */
export interface WaitingDocument {
  readonly id: Uint8Array;
  /** Its BSON, where it was rejected. */
  readonly document: Uint8Array | undefined;
}

/** By `_id`. */
export type WaitingDocuments = ReadonlyMap<string, WaitingDocument>;

/** Of all collections. */
export function countOf(waiting: ReadonlyMap<string, WaitingDocuments>): number {
  let count = 0;
  for (const { size } of waiting.values()) count += size;
  return count;
}

/** A BSON document `{_id: value}` as a key. */
export const keyOfId = (id: Uint8Array): string =>
  Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1');
