import { type ExpectedSums, expectedSumsFrom } from './expected-sums.ts';

/** What is kept of a range: how far it was read, and the sums up to there. */
export interface KeptRange {
  /** Undefined when the range was read to its end. */
  readonly position: Uint8Array | undefined;
  readonly sums: ExpectedSums;
}

/** For storing and for sending; `keptRangeFrom` reads it. */
export function keptRangeBytes({ position, sums }: KeptRange): Buffer {
  const head = Buffer.alloc(4);
  head.writeInt32LE(position?.length ?? -1);
  return Buffer.concat([head, position ?? Buffer.alloc(0), sums.toBytes()]);
}

export function keptRangeFrom(content: Uint8Array, tables: number, buckets: number): KeptRange {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const length = bytes.readInt32LE(0);
  const end = 4 + Math.max(length, 0);
  return {
    position: length < 0 ? undefined : bytes.subarray(4, end),
    sums: expectedSumsFrom(bytes.subarray(end), tables, buckets),
  };
}

/** Whether the range was read to its end. */
export const isWholeRange = (content: Uint8Array): boolean =>
  new DataView(content.buffer, content.byteOffset).getInt32(0, true) < 0;
