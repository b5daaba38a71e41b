import { bsonType } from '../../bson/bson-type.ts';
import { compareIds, idValueOffset } from '../../bson/compare-ids.ts';
import { createFoundField, findField } from '../../bson/find-field.ts';
import { type OrderedKind, orderedKind } from '../../bson/ordered-kind.ts';

/** What a document has in a field. Values are BSON documents `{_id: value}`, which `compareIds` compares. */
export type FieldValue =
  | { readonly kind: OrderedKind; readonly value: Uint8Array }
  /** The field is missing, or what is in it has no order that would say anything. */
  | { readonly kind: 'other' }
  | { readonly kind: 'array' };

const other: FieldValue = { kind: 'other' };
const array: FieldValue = { kind: 'array' };
const found = createFoundField();
const notANumber = valueDocument(bsonType.double, Buffer.from([0, 0, 0, 0, 0, 0, 0xf8, 0x7f]));

/** A field of documents by its path. */
export class CursorField {
  readonly name: string;
  readonly path: readonly string[];
  readonly #keys: readonly Uint8Array[];

  /** @param name dotted path */
  constructor(name: string) {
    this.name = name;
    this.path = name.split('.');
    this.#keys = this.path.map((key) => Buffer.from(key));
  }

  /** @throws DocrowError `document-corrupt` */
  valueIn(bytes: Uint8Array, view: DataView, start: number): FieldValue {
    let at = start;
    for (const [depth, key] of this.#keys.entries()) {
      if (!findField(bytes, view, at, key, found)) return other;
      if (found.type === bsonType.array) return array;
      if (depth < this.#keys.length - 1 && found.type !== bsonType.document) return other;
      at = found.at;
    }
    const kind = orderedKind(found.type);
    if (kind === undefined) return other;
    const value = valueDocument(found.type, bytes.subarray(found.at, found.end));
    return kind === 'number' && compareIds(value, notANumber) === 0 ? other : { kind, value };
  }
}

function valueDocument(type: number, content: Uint8Array): Uint8Array {
  const size = idValueOffset + content.length + 1;
  const document = Buffer.alloc(size);
  document.writeInt32LE(size, 0);
  document[4] = type;
  document.write('_id', 5);
  document.set(content, idValueOffset);
  return document;
}

/** Kind of a value that `valueIn` gave. */
export const kindOfValue = (value: Uint8Array): OrderedKind => orderedKind(value[4] as number) as OrderedKind;

/** Whether a document has to be looked at again that was changed at a bound or after it. */
export const isSince = (value: FieldValue, bound: Uint8Array): boolean =>
  !('value' in value) || value.kind !== kindOfValue(bound) || compareIds(value.value, bound) >= 0;

const lowestDate = -(2n ** 63n);

/**
 * Where reading has to begin so that what came late to a mark is seen: dates and timestamps so many seconds earlier,
 * ObjectIds at the beginning of their second too, since machines count on their own within it. Others stay.
 */
export function boundOf(mark: Uint8Array, overlapSeconds: number): Uint8Array {
  const bound = Buffer.from(mark);
  switch (kindOfValue(mark)) {
    case 'date': {
      const earlier = bound.readBigInt64LE(idValueOffset) - BigInt(Math.round(overlapSeconds * 1000));
      bound.writeBigInt64LE(earlier < lowestDate ? lowestDate : earlier, idValueOffset);
      return bound;
    }
    case 'timestamp':
      return overlapSeconds === 0
        ? bound
        : writeTimestamp(bound, bound.readUInt32LE(idValueOffset + 4) - overlapSeconds);
    case 'objectId':
      return writeObjectId(bound, bound.readUInt32BE(idValueOffset) - overlapSeconds);
    default:
      return bound;
  }
}

/** A value that says a time, no later than a moment: what lies in the future would hide all that comes before it. */
export function noLaterThan(value: Uint8Array, moment: Date): Uint8Array {
  const ms = moment.getTime();
  const seconds = Math.floor(ms / 1000);
  const capped = Buffer.from(value);
  switch (kindOfValue(value)) {
    case 'date':
      if (capped.readBigInt64LE(idValueOffset) > BigInt(ms))
        capped.writeBigInt64LE(BigInt(ms), idValueOffset);
      return capped;
    case 'timestamp':
      return capped.readUInt32LE(idValueOffset + 4) > seconds ? writeTimestamp(capped, seconds) : capped;
    case 'objectId':
      return capped.readUInt32BE(idValueOffset) > seconds ? writeObjectId(capped, seconds) : capped;
    default:
      return capped;
  }
}

/** The first one of a second: the increment is the lower half. */
function writeTimestamp(value: Buffer, seconds: number): Buffer {
  value.writeUInt32LE(0, idValueOffset);
  value.writeUInt32LE(Math.max(0, Math.floor(seconds)), idValueOffset + 4);
  return value;
}

/** The first one of a second. */
function writeObjectId(value: Buffer, seconds: number): Buffer {
  value.writeUInt32BE(Math.max(0, Math.floor(seconds)), idValueOffset);
  return value.fill(0, idValueOffset + 4, idValueOffset + 12);
}
