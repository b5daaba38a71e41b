import type { PlainTypeName } from '../../../mapping/mapping.ts';

/** Numbers of the types in every PostgreSQL (pg_type.dat). */
const typeNumbers: Readonly<Record<PlainTypeName, number>> = {
  boolean: 16,
  bytea: 17,
  bigint: 20,
  smallint: 21,
  integer: 23,
  text: 25,
  json: 114,
  real: 700,
  'double precision': 701,
  varchar: 1043,
  date: 1082,
  time: 1083,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  uuid: 2950,
  jsonb: 3802,
};

/**
 * An array as PostgreSQL takes it in binary form (`array_recv` in arrayfuncs.c), to be a parameter: pg sends a Buffer
 * as binary. Values need no text form this way.
 * @param values elements in binary form
 */
export function binaryArray(type: PlainTypeName, values: readonly Uint8Array[]): Buffer {
  let size = 20;
  for (const { length } of values) size += 4 + length;
  const array = Buffer.allocUnsafe(size);
  array.writeInt32BE(1, 0);
  array.writeInt32BE(0, 4);
  array.writeInt32BE(typeNumbers[type], 8);
  array.writeInt32BE(values.length, 12);
  array.writeInt32BE(1, 16);
  let at = 20;
  for (const value of values) {
    at = array.writeInt32BE(value.length, at);
    array.set(value, at);
    at += value.length;
  }
  return array;
}

/** The same of 32-bit numbers. */
export function numberArray(values: readonly number[]): Buffer {
  const array = Buffer.allocUnsafe(20 + 8 * values.length);
  array.writeInt32BE(1, 0);
  array.writeInt32BE(0, 4);
  array.writeInt32BE(typeNumbers.integer, 8);
  array.writeInt32BE(values.length, 12);
  array.writeInt32BE(1, 16);
  let at = 20;
  for (const value of values) {
    at = array.writeInt32BE(4, at);
    at = array.writeInt32BE(value, at);
  }
  return array;
}
