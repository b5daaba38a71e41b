/** How the bytes of a file are packed. */
export type Packing = 'plain' | 'gzip';

/** First bytes of a mongodump archive: 0x8199e26d, lowest byte first. */
const archiveMagic = 0x8199e26d;

/** Bytes that have to be read to tell how a file is packed. */
export const headBytes = 16;

/**
 * Tells a gzip file by its content, since names say nothing about dumps that were packed or unpacked later.
 *
 * A .bson file whose first document is 0x__088b1f bytes long begins like a gzip file; as every document of a
 * server begins with `_id` (a gzip file would need a time stamp within four minutes of May 2023), the two cannot
 * be taken for one another.
 * @param head the first `headBytes` bytes, or all of a shorter file
 */
export function packingOf(head: Uint8Array): Packing {
  if (head[0] !== 0x1f || head[1] !== 0x8b || head[2] !== 0x08) return 'plain';
  const beginsWithId = head[5] === 0x5f && head[6] === 0x69 && head[7] === 0x64 && head[8] === 0;
  return beginsWithId ? 'plain' : 'gzip';
}

/** Whether unpacked bytes begin like a mongodump archive. */
export const isArchive = (head: Buffer): boolean => head.length >= 4 && head.readUInt32LE(0) === archiveMagic;
