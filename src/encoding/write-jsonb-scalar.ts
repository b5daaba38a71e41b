import { bsonType } from '../bson/bson-type.ts';
import { type ScalarContext, writeCanonicalDouble, writeJsonScalar } from './json-scalars.ts';
import type { Memory } from './memory.ts';
import { writeDoubleText, writeHex, writeInt32Text, writeInt64Text } from './write-digits.ts';
import { writeAscii } from './write-text.ts';

/** Doubles of these sizes are printed without an exponent, and so as numeric prints them. */
const isPrintedPlainly = (size: number): boolean => (size >= 1e-6 && size < 1e21) || size === 0;

/**
 * Writes a scalar in the form in which PostgreSQL prints a jsonb, when it is one that is common and that form is easy.
 * @returns the position after it; -1 for the others
 */
export function writeJsonbScalar(
  context: ScalarContext,
  type: number,
  input: Memory,
  at: number,
  output: Memory,
  position: number,
): number {
  if (type === bsonType.boolean || type === bsonType.null) {
    return writeJsonScalar(context, type, input, at, output, position);
  }
  if (context.style === 'natural') return writeNatural(context, type, input, at, output, position);
  if (context.style === 'canonical') return writeCanonical(type, input, at, output, position);
  return -1;
}

function writeNatural(
  context: ScalarContext,
  type: number,
  input: Memory,
  at: number,
  output: Memory,
  position: number,
): number {
  switch (type) {
    case bsonType.int32:
      return writeInt32Text(input.view.getInt32(at, true), output, position);
    case bsonType.double: {
      const n = input.view.getFloat64(at, true);
      return isPrintedPlainly(Math.abs(n)) ? writeDoubleText(n, output, position) : -1;
    }
    case bsonType.int64:
    case bsonType.objectId:
    case bsonType.date:
      return writeJsonScalar(context, type, input, at, output, position);
    default:
      return -1;
  }
}

function writeCanonical(type: number, input: Memory, at: number, output: Memory, position: number): number {
  switch (type) {
    case bsonType.int32:
      position = writeAscii('{"$numberInt": "', output, position);
      position = writeInt32Text(input.view.getInt32(at, true), output, position);
      return writeAscii('"}', output, position);
    case bsonType.int64:
      position = writeAscii('{"$numberLong": "', output, position);
      return writeAscii('"}', output, writeInt64Text(input, at, output, position));
    case bsonType.double:
      position = writeAscii('{"$numberDouble": "', output, position);
      position = writeCanonicalDouble(input.view.getFloat64(at, true), output, position);
      return writeAscii('"}', output, position);
    case bsonType.objectId:
      position = writeAscii('{"$oid": "', output, position);
      return writeAscii('"}', output, writeHex(input, at, 12, output, position));
    case bsonType.date:
      position = writeAscii('{"$date": {"$numberLong": "', output, position);
      return writeAscii('"}}', output, writeInt64Text(input, at, output, position));
    default:
      return -1;
  }
}
