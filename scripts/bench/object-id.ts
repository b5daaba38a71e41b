import { ObjectId } from 'bson';

/** An ObjectId as a driver makes it: the second, the process, a counter. Rises with the index. */
export function objectId(timeMs: number, index: number): ObjectId {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(Math.floor(timeMs / 1000), 0);
  bytes.writeUInt32BE(0xabcdef12, 4);
  bytes.writeUInt32BE((0x77000000 + index) >>> 0, 8);
  return new ObjectId(bytes);
}
