/** Size of one read: large enough to be cheap, small enough that several in flight do not matter. */
export const blockBytes = 1024 * 1024;

/** The bytes of a file in order, unpacked where it is packed. One call at a time. */
export interface ByteStream {
  /**
   * A fresh block of memory that begins with `tail` (what the caller could not use of the block before) and goes
   * on with the bytes that follow. No longer than `tail` means that the end was reached.
   * @param neededBytes the block is at least this long unless the stream ends before
   */
  readBlock(tail: Uint8Array, neededBytes: number): Promise<Buffer>;

  /** After the end: what is wrong with the file itself, such as a packed file that was cut short. */
  readonly damage: string | undefined;

  /** Takes a block back for use again, when nothing looks at it any more. */
  recycle(block: Buffer): void;

  close(): Promise<void>;
}
