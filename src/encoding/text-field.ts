import { bsonType } from '../bson/bson-type.ts';
import { keyEnd } from '../bson/value-end.ts';
import type { ColumnType, NulPolicy } from '../mapping/mapping.ts';
import { writeUuidText } from './json-scalars.ts';
import { type FieldWriter, type Memory, requireRoom } from './memory.ts';
import { mismatch, outOfRange } from './value-problem.ts';
import { writeHex, writeUint32Text } from './write-digits.ts';
import { writeText, writeTextEscaped, writeTextStripped } from './write-text.ts';

export type TextWriter = typeof writeText;

/** The copy of text that a `nul` policy asks for; `rest` is decided by the column around it. */
function textWriter(nul: NulPolicy): TextWriter {
  if (nul === 'strip') return writeTextStripped;
  return nul === 'escape' ? writeTextEscaped : writeText;
}

/** Characters (code points) in [at, end) of valid UTF-8. */
export function countCharacters(bytes: Uint8Array, at: number, end: number): number {
  let count = 0;
  for (; at < end; at++) if ((bytes[at]! & 0xc0) !== 0x80) count++;
  return count;
}

/** Types other than string that have a text form of their own. */
function writeOtherText(
  write: TextWriter,
  type: number,
  input: Memory,
  at: number,
  output: Memory,
  position: number,
): number {
  switch (type) {
    case bsonType.symbol:
      return write(input, at + 4, at + 3 + input.view.getInt32(at, true), output, position);
    case bsonType.objectId:
      return writeHex(input, at, 12, output, position);
    case bsonType.binary:
      if (input.bytes[at + 4] !== 4 || input.view.getInt32(at, true) !== 16) break;
      return writeUuidText(input, at + 5, output, position);
    case bsonType.timestamp:
      position = writeUint32Text(input.view.getUint32(at + 4, true), output, position);
      output.bytes[position] = 0x3a;
      return writeUint32Text(input.view.getUint32(at, true), output, position + 1);
    case bsonType.regex: {
      const patternEnd = keyEnd(input.bytes, at, input.bytes.length);
      const flagsEnd = keyEnd(input.bytes, patternEnd + 1, input.bytes.length);
      output.bytes[position] = 0x2f;
      position = write(input, at, patternEnd, output, position + 1);
      output.bytes[position] = 0x2f;
      return write(input, patternEnd + 1, flagsEnd, output, position + 1);
    }
  }
  throw mismatch('The value is not a text; `convert` can make it one');
}

/** The writer of a text or varchar(n) column without `convert`. */
export function textField(type: ColumnType, nul: NulPolicy): FieldWriter {
  const write = textWriter(nul);
  const { length } = type;
  return (bson, input, at, output, position) => {
    const start = position + 4;
    const end =
      bson === bsonType.string
        ? write(input, at + 4, at + 3 + input.view.getInt32(at, true), output, start)
        : writeOtherText(write, bson, input, at, output, start);
    if (length !== undefined && end - start > length) {
      requireRoom(output, end);
      if (countCharacters(output.bytes, start, end) > length) {
        throw outOfRange(`The text has more than ${length} characters`);
      }
    }
    output.view.setInt32(position, end - start);
    return end;
  };
}
