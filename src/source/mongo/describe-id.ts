import { createHash } from 'node:crypto';
import { bsonType, bsonTypeNames } from '../../bson/bson-type.ts';
import { idValueOffset } from '../../bson/compare-ids.ts';

/**
 * An `_id` in words. ObjectIds and numbers are shown; anything else could be an e-mail address and shows only as
 * a short hash, by which two positions can still be told apart.
 * @param id a document `{_id: value}`
 */
export function describeId(id: Uint8Array): string {
  const type = id[4] ?? 0;
  const name = bsonTypeNames.get(type) ?? 'unknown';
  const bytes = Buffer.from(id.buffer, id.byteOffset, id.byteLength);
  switch (type) {
    case bsonType.objectId:
      return `_id ${bytes.toString('hex', idValueOffset, idValueOffset + 12)}`;
    case bsonType.int32:
      return `_id ${bytes.readInt32LE(idValueOffset)}`;
    case bsonType.int64:
      return `_id ${bytes.readBigInt64LE(idValueOffset)}`;
    case bsonType.double:
      return `_id ${bytes.readDoubleLE(idValueOffset)}`;
    default:
      return `_id of type ${name} with hash ${createHash('sha256').update(id).digest('hex').slice(0, 12)}`;
  }
}
