import type { FieldPlace, ObjectPlace } from './scan/places.ts';
import { formOf, textForm } from './scan/text-form.ts';
import { typesBySlot } from './scan/type-slots.ts';

/** Fewer different keys than this say nothing about how often each of them comes. */
const manyKeys = 50;
/** Keys of a map are in so small a part of the objects, on average. */
const rarePresence = 0.1;
/** With values of one kind, less is enough. */
const someKeys = 20;
const seldomPresence = 0.2;
/** So many keys with values of one kind in a handful of objects: too few objects to see that keys differ. */
const handful = 10;
const manyAlike = 100;

/**
 * Whether the keys of the objects at one place are data (a user's id, a date, a word) rather than names of fields.
 *
 * They are where they have the form of data: ObjectIds, UUIDs, dates or numbers. Otherwise what tells is how often
 * each key comes: names of fields come again and again, data does not. A document with a stable core and a long
 * tail of optional fields is sparse, and not a map.
 */
export function looksLikeMap(object: ObjectPlace): boolean {
  const fields = [...object.fields()];
  if (fields.length === 0) return false;
  const dataKeys = fields.filter(({ key }) => isDataKey(key)).length;
  if (dataKeys >= fields.length * 0.9) return true;

  const filled = object.count - object.emptyCount;
  const presences = fields.map(({ value }) => value.count / filled);
  const average = presences.reduce((sum, presence) => sum + presence, 0) / fields.length;
  const core = presences.filter((presence) => presence >= 0.5).length;
  const isLongTail = core * 20 <= fields.length;
  if (fields.length > manyKeys && average < rarePresence && isLongTail) return true;
  if (!areAlike(fields)) return false;
  if (fields.length > someKeys && average < seldomPresence && isLongTail) return true;
  return fields.length > manyAlike && filled < handful;
}

/** Whether a key (with its final zero byte) is an ObjectId, a UUID, a date or a number. */
function isDataKey(key: Uint8Array): boolean {
  const end = key.length - 1;
  if (end === 0) return false;
  return formOf(key, 0, end) !== textForm.none || isNumber(key, end);
}

function isNumber(key: Uint8Array, end: number): boolean {
  const first = key[0] === 0x2d && end > 1 ? 1 : 0;
  for (let at = first; at < end; at++) if (key[at]! < 0x30 || key[at]! > 0x39) return false;
  return true;
}

const nullSlot = typesBySlot.indexOf('null');
const numberSlots = new Set(
  (['int', 'long', 'double', 'decimal'] as const).map((type) => typesBySlot.indexOf(type)),
);

/** Whether all values, nulls left out, are of one type; numbers count as one. */
function areAlike(fields: readonly FieldPlace[]): boolean {
  let kind: number | undefined;
  for (const { value } of fields) {
    for (const [slot, count] of value.counts.entries()) {
      if (count === 0 || slot === nullSlot) continue;
      const own = numberSlots.has(slot) ? -1 : slot;
      kind ??= own;
      if (own !== kind) return false;
    }
  }
  return kind !== undefined;
}
