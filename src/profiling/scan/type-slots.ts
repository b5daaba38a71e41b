import { bsonTypeNames } from '../../bson/bson-type.ts';
import type { BsonTypeName } from '../profile.ts';

/** The types by the number of their counter, in the order of their type bytes. */
export const typesBySlot = [...bsonTypeNames.values()] as readonly BsonTypeName[];
export const typeCount = typesBySlot.length;

/** The number of a type's counter, by type byte. */
export const typeSlots = new Uint8Array(256);
for (const [slot, byte] of [...bsonTypeNames.keys()].entries()) typeSlots[byte] = slot;
