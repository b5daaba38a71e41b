import { BSON } from 'mongodb';
import { bsonType } from '../../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../../bson/value-end.ts';

/**
 * A BSON document in a form that the driver writes again byte for byte: documents become Maps, because an object
 * would put keys like "1" first, and values keep their BSON type. Of two equal keys only the last stays.
 */
export function documentMap(document: Uint8Array): Map<string, unknown> {
  return mapAt(Buffer.from(document.buffer, document.byteOffset, document.byteLength), 0);
}

function mapAt(bytes: Buffer, start: number): Map<string, unknown> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = new Map<string, unknown>();
  const limit = start + view.getInt32(start, true) - 1;
  let at = start + 4;
  while (at < limit) {
    const type = bytes[at] as number;
    const nameEnd = keyEnd(bytes, at + 1, limit);
    const valueStart = nameEnd + 1;
    const end = valueEnd(type, bytes, view, valueStart, limit);
    fields.set(bytes.toString('utf8', at + 1, nameEnd), readValue(type, bytes, valueStart, end));
    at = end;
  }
  return fields;
}

function readValue(type: number, bytes: Buffer, start: number, end: number): unknown {
  if (type === bsonType.document) return mapAt(bytes, start);
  if (type === bsonType.array) return [...mapAt(bytes, start).values()];
  // One field in a document of its own: {v: value}.
  const document = Buffer.alloc(4 + 3 + (end - start) + 1);
  document.writeInt32LE(document.length, 0);
  document[4] = type;
  document[5] = 0x76;
  bytes.copy(document, 7, start, end);
  return BSON.deserialize(document, { promoteValues: false, bsonRegExp: true, validation: { utf8: false } })[
    'v'
  ];
}
