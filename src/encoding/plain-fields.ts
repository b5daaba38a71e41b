import { bsonType } from '../bson/bson-type.ts';
import type { ColumnType } from '../mapping/mapping.ts';
import { binaryContent } from './json-scalars.ts';
import type { FieldWriter, Memory } from './memory.ts';
import { refuseMismatch } from './refuse-value.ts';
import { readString } from './time-fields.ts';

/** Value of a hexadecimal digit, -1 for other bytes. */
const hexValue = new Int8Array(256).fill(-1);
for (let n = 0; n < 16; n++) {
  hexValue[n.toString(16).charCodeAt(0)] = n;
  hexValue[n.toString(16).toUpperCase().charCodeAt(0)] = n;
}

/** Where the two digits of each byte stand in 8-4-4-4-12. */
const digitOffsets = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34);
const hyphen = 0x2d;

/** Reads 8-4-4-4-12 hexadecimal digits at `at` into 16 bytes. Returns false when it is not that. */
function writeUuidBytes(input: Memory, at: number, output: Memory, position: number): boolean {
  const { bytes } = input;
  const target = output.bytes;
  let all = 0;
  for (let i = 0; i < 16; i++) {
    const digit = at + digitOffsets[i]!;
    const byte = (hexValue[bytes[digit]!]! << 4) | hexValue[bytes[digit + 1]!]!;
    // A digit that is none makes the byte negative, and all of them together.
    all |= byte;
    target[position + i] = byte;
  }
  const hyphens =
    (bytes[at + 8]! ^ hyphen) |
    (bytes[at + 13]! ^ hyphen) |
    (bytes[at + 18]! ^ hyphen) |
    (bytes[at + 23]! ^ hyphen);
  return all >= 0 && hyphens === 0;
}

/** Writes a uuid field from a UUID in either form. Returns -1 when the value is none. */
export function writeUuid(type: number, input: Memory, at: number, output: Memory, position: number): number {
  const size = type === bsonType.string || type === bsonType.binary ? input.view.getInt32(at, true) : 0;
  output.view.setInt32(position, 16);
  if (type === bsonType.string && size === 37 && writeUuidBytes(input, at + 4, output, position + 4)) {
    return position + 20;
  }
  if (type === bsonType.binary && size === 16 && input.bytes[at + 4] === 4) {
    output.bytes.set(input.bytes.subarray(at + 5, at + 21), position + 4);
    return position + 20;
  }
  return -1;
}

const writeUuidField: FieldWriter = (type, input, at, output, position) => {
  const end = writeUuid(type, input, at, output, position);
  if (end < 0) throw refuseMismatch(type, input, at, 'The value is not a UUID');
  return end;
};

const writeBooleanField: FieldWriter = (type, input, at, output, position) => {
  let value: boolean;
  if (type === bsonType.boolean) value = input.bytes[at] !== 0;
  else {
    const text = type === bsonType.string ? readString(input, at) : '';
    if (text !== 'true' && text !== 'false')
      throw refuseMismatch(type, input, at, 'The value is not a boolean');
    value = text === 'true';
  }
  output.view.setInt32(position, 1);
  output.bytes[position + 4] = value ? 1 : 0;
  return position + 5;
};

/** Writes [start, end) as a field. */
export function writeBytes(
  input: Memory,
  start: number,
  end: number,
  output: Memory,
  position: number,
): number {
  output.view.setInt32(position, end - start);
  output.bytes.set(input.bytes.subarray(start, end), position + 4);
  return position + 4 + end - start;
}

const writeByteaField: FieldWriter = (type, input, at, output, position) => {
  if (type === bsonType.objectId) return writeBytes(input, at, at + 12, output, position);
  if (type !== bsonType.binary) throw refuseMismatch(type, input, at, 'The value is not binary');
  const { start, end } = binaryContent(input, at);
  return writeBytes(input, start, end, output, position);
};

/** The writer of a uuid, boolean or bytea column without `convert`. */
export function plainField(type: ColumnType): FieldWriter {
  if (type.name === 'uuid') return writeUuidField;
  return type.name === 'boolean' ? writeBooleanField : writeByteaField;
}
