/** Largest document that is read: MongoDB's 16 MB and what the server may add to a document inside. */
export const maxDocumentBytes = 16 * 1024 * 1024 + 16 * 1024;

/** What a scanner found in a block. */
export interface BlockScan {
  /** Offsets of whole documents in the block, `count` of them. */
  readonly starts: Int32Array;
  readonly count: number;
  /** Offset after the last whole item; what follows is carried over to the next block. */
  readonly end: number;
  /** Length of the item that begins at `end` and is cut off by the block; 0 when not even that is known. */
  readonly neededBytes: number;
  /** What is wrong at `end`, if anything: the documents found before it are good. */
  readonly damage: string | undefined;
  /** Nothing that is wanted follows. */
  readonly finished: boolean;
}

/** Finds documents in the blocks of a stream, each of which begins where the one before was `end`ed. */
export interface BlockScanner {
  scan(block: Buffer, view: DataView): BlockScan;

  /** What is wrong when the stream ends here, with so many bytes left over. */
  damageAtEnd(tailBytes: number): string | undefined;
}

/** Length of the document at an offset. */
export const lengthAt = (view: DataView, at: number): number => view.getInt32(at, true);

/** What is wrong with a document's length, if anything. */
export function lengthDamage(length: number): string | undefined {
  if (length < 5) return 'a document has a length below 5 bytes';
  return length > maxDocumentBytes ? 'a document is longer than MongoDB allows' : undefined;
}

export const frameDamage = 'a document does not end where its length says';

/** Twice the room, same content. */
export function grown(starts: Int32Array): Int32Array<ArrayBuffer> {
  const more = new Int32Array(starts.length * 2);
  more.set(starts);
  return more;
}
