import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Decimal128,
  type Document,
  Double,
  Long,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
  UUID,
} from 'bson';
import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../../src/filtering/compile-filter.ts';
import type { YamlValue } from '../../../src/mapping/mapping.ts';

/** Puts the document behind some other bytes, so that a wrong offset shows. */
function matches(where: YamlValue, document: Document): boolean {
  const padding = 7;
  const encoded = serialize(document, { ignoreUndefined: false });
  const bytes = new Uint8Array(padding + encoded.length).fill(0xee);
  bytes.set(encoded, padding);
  return compileFilter(where)(bytes, new DataView(bytes.buffer), padding);
}

const hex = '65a1b2c3d4e5f60718293a4b';
const uuid = '0b8f3c1e-3f4b-4d8a-9c6e-2b1d0a9f8e7d';

const wanted: readonly (readonly [title: string, where: YamlValue, document: Document])[] = [
  ['an empty query', {}, { a: 1 }],
  ['equal numbers of two types', { a: 1 }, { a: new Double(1) }],
  ['a long and a double beyond 2^53', { a: 9007199254740993n }, { a: Long.fromString('9007199254740993') }],
  ['a decimal and an int', { a: { $eq: { $numberDecimal: '1.0' } } }, { a: 1 }],
  ['two conditions', { a: 1, b: 'x' }, { a: 1, b: 'x' }],
  ['a path', { 'a.b.c': 1 }, { a: { b: { c: 1 } } }],
  ['an item of an array', { a: 2 }, { a: [1, 2, 3] }],
  ['a whole array', { a: [1, 2] }, { a: [1, 2] }],
  ['an array inside an array', { a: [1] }, { a: [[1]] }],
  ['a path through an array of documents', { 'a.b': 2 }, { a: [{ b: 1 }, { b: 2 }] }],
  ['a path through two arrays', { 'a.b.c': 2 }, { a: [{ b: [{ c: 1 }, { c: 2 }] }] }],
  ['a position in an array', { 'a.1': 5 }, { a: [1, 5] }],
  ['a position in an array on the way', { 'a.1.b': 5 }, { a: [{ b: 1 }, { b: 5 }] }],
  ['a position in a nested array', { 'a.0.1': 5 }, { a: [[1, 5]] }],
  ['a number as a key', { 'a.0': 5 }, { a: { 0: 5 } }],
  ['a number as a key of a document in an array', { 'a.0': 5 }, { a: [1, { 0: 5 }] }],
  ['different items for two conditions', { a: { $gt: 5, $lt: 3 } }, { a: [1, 9] }],
  ['null for null', { a: null }, { a: null }],
  ['null for missing', { a: null }, {}],
  ['null for undefined', { a: null }, { a: undefined }],
  ['null for missing in a document of an array', { 'a.b': null }, { a: [{ b: 1 }, { c: 1 }] }],
  ['null for a path through a scalar', { 'a.b': null }, { a: 1 }],
  ['$gte null', { a: { $gte: null } }, {}],
  ['a document literal', { a: { b: 1, c: 'x' } }, { a: { b: new Double(1), c: 'x' } }],
  ['an empty document literal', { a: {} }, { a: {} }],
  ['a key $exists', { a: { $exists: true } }, { a: null }],
  ['a key does not $exists', { a: { $exists: false } }, { b: 1 }],
  ['an empty array exists', { a: { $exists: true } }, { a: [] }],
  ['$exists through an array of scalars', { 'a.b': { $exists: false } }, { a: [1, 2] }],
  ['$ne', { a: { $ne: true } }, { a: false }],
  ['$ne with missing', { is_deleted: { $ne: true } }, {}],
  ['$in', { a: { $in: [1, 'x'] } }, { a: 'x' }],
  ['$in with null', { a: { $in: [null] } }, {}],
  ['$nin', { a: { $nin: [1, 2] } }, { a: 3 }],
  ['$gt of strings by bytes', { a: { $gt: 'Z' } }, { a: 'a' }],
  ['$lt of dates', { a: { $lt: { $date: '2024-01-01T00:00:00Z' } } }, { a: new Date('2023-12-31') }],
  ['a date in milliseconds', { a: { $date: { $numberLong: '86400000' } } }, { a: new Date(86_400_000) }],
  [
    'a date without offset is UTC',
    { a: { $date: '2024-01-01T01:00:00' } },
    { a: new Date('2024-01-01T01:00:00Z') },
  ],
  ['an ObjectId', { a: { $oid: hex } }, { a: new ObjectId(hex) }],
  ['$gte of ObjectIds', { _id: { $gte: { $oid: hex } } }, { _id: new ObjectId('75a1b2c3d4e5f60718293a4b') }],
  ['a UUID', { a: { $uuid: uuid } }, { a: new UUID(uuid) }],
  ['a binary', { a: { $binary: { base64: 'AQI=', subType: '00' } } }, { a: new Binary(Buffer.from([1, 2])) }],
  ['a symbol as its text', { a: 'x' }, { a: new BSONSymbol('x') }],
  ['NaN equals NaN', { a: Number.NaN }, { a: Decimal128.fromString('NaN') }],
  ['$lte NaN', { a: { $lte: { $numberDouble: 'NaN' } } }, { a: Number.NaN }],
  ['$lt Infinity', { a: { $lt: Number.POSITIVE_INFINITY } }, { a: 5 }],
  ['false before true', { a: { $lt: true } }, { a: false }],
  ['$type by name', { a: { $type: 'string' } }, { a: 'x' }],
  ['$type by number', { a: { $type: 16 } }, { a: 5 }],
  ['$type -1', { a: { $type: -1 } }, { a: new MinKey() }],
  ['$type number', { a: { $type: 'number' } }, { a: Decimal128.fromString('1') }],
  ['$type of an item', { a: { $type: 'int' } }, { a: ['x', 5] }],
  ['$type array', { a: { $type: 'array' } }, { a: [] }],
  ['one of several $type', { a: { $type: ['bool', 'timestamp'] } }, { a: new Timestamp({ t: 1, i: 1 }) }],
  ['$and', { $and: [{ a: 1 }, { b: 2 }] }, { a: 1, b: 2 }],
  ['$or', { $or: [{ a: 1 }, { b: 2 }] }, { a: 5, b: 2 }],
  ['$nor', { $nor: [{ a: 1 }, { b: 2 }] }, { a: 5, b: 5 }],
  ['$not', { a: { $not: { $gt: 5, $lt: 10 } } }, { a: 3 }],
  ['$not with missing', { a: { $not: { $gt: 5 } } }, {}],
  ['$regex', { a: { $regex: '^ab' } }, { a: 'abc' }],
  ['$regex with $options', { a: { $regex: '^AB', $options: 'i' } }, { a: 'abc' }],
  ['$regex in an array', { a: { $regex: 'b' } }, { a: [1, 'abc'] }],
  ['$regex for the same stored one', { a: { $regex: 'b', $options: 'i' } }, { a: new BSONRegExp('b', 'i') }],
  ['two paths into one document', { 'a.b': 1, 'a.c': 2 }, { a: { b: 1, c: 2 } }],
];

const unwanted: readonly (readonly [title: string, where: YamlValue, document: Document])[] = [
  ['another number', { a: 1 }, { a: 2 }],
  [
    'a long that only rounds to the same double',
    { a: 9007199254740993n },
    { a: new Double(9007199254740992) },
  ],
  ['a number as text', { a: 1 }, { a: '1' }],
  ['a longer key with the same beginning', { a: 1 }, { ab: 1 }],
  ['a shorter key', { ab: 1 }, { a: 1 }],
  ['a key with a dot', { 'a.b': 1 }, { 'a.b': 1 }],
  ['null for 0', { a: null }, { a: 0 }],
  ['null in an empty array', { a: null }, { a: [] }],
  ['null for a path through an array of scalars', { 'a.b': null }, { a: [1, 2] }],
  ['$gt null', { a: { $gt: null } }, { a: null }],
  ['$ne with an item of an array', { a: { $ne: 2 } }, { a: [1, 2] }],
  ['$ne null with missing', { a: { $ne: null } }, {}],
  ['$nin with an item', { a: { $nin: [2] } }, { a: [1, 2] }],
  ['comparison across types', { a: { $gt: 5 } }, { a: 'x' }],
  ['comparison with a missing field', { a: { $lt: 5 } }, {}],
  ['NaN less than a number', { a: { $lt: 5 } }, { a: Number.NaN }],
  ['a number less than NaN', { a: { $gt: { $numberDouble: 'NaN' } } }, { a: 5 }],
  ['keys in another order', { a: { b: 1, c: 2 } }, { a: { c: 2, b: 1 } }],
  ['an item of a nested array', { a: 1 }, { a: [[1]] }],
  ['items of the array at a position', { 'a.0': 1 }, { a: [[1]] }],
  [
    'another subtype',
    { a: { $binary: { base64: 'AQI=', subType: '80' } } },
    { a: new Binary(Buffer.from([1, 2])) },
  ],
  ['a date as number', { a: 0 }, { a: new Date(0) }],
  ['$type of a missing field', { a: { $type: 'null' } }, {}],
  ['$type string for an int', { a: { $type: 'string' } }, { a: 1 }],
  ['$exists for a missing field', { a: { $exists: true } }, {}],
  ['$exists false for null', { a: { $exists: false } }, { a: null }],
  ['$or of none', { $or: [{ a: 1 }, { b: 2 }] }, { a: 2, b: 1 }],
  ['$regex on a number', { a: { $regex: '1' } }, { a: 1 }],
  ['$regex in other letters', { a: { $regex: 'AB' } }, { a: 'abc' }],
  ['$not of what holds for an item', { a: { $not: { $eq: 1 } } }, { a: [1, 2] }],
];

describe('compileFilter', () => {
  it.each(wanted)('wants %s', (_title, where, document) => {
    expect(matches(where, document)).toBe(true);
  });

  it.each(unwanted)('does not want %s', (_title, where, document) => {
    expect(matches(where, document)).toBe(false);
  });

  it.each([
    ['$where', { $where: 'true' }],
    ['$expr', { $expr: { $gt: ['$a', 1] } }],
    ['$function', { a: { $function: { body: 'x' } } }],
    ['$accumulator', { a: { $accumulator: {} } }],
    ['$elemMatch', { a: { $elemMatch: { b: 1 } } }],
    ['$size', { a: { $size: 1 } }],
    ['did you mean "$gte"', { a: { $gtee: 1 } }],
    ['$where', { $and: [{ a: 1 }, { $where: 'x' }] }],
    ['b is not', { a: { $gt: 1, b: 2 } }],
    ['$not needs', { a: { $not: 1 } }],
    ['$in needs', { a: { $in: 1 } }],
    ['$or needs', { $or: [] }],
    ['"sting"; did you mean "string"?', { a: { $type: 'sting' } }],
    ['$options can have', { a: { $regex: 'a', $options: 'x' } }],
    ['$options needs', { a: { $options: 'i' } }],
    ['$oid is not valid', { a: { $oid: 'xyz' } }],
    ['$numberLong is not valid', { a: { $numberLong: '9223372036854775808' } }],
    ['$minKey is not', { a: { $gt: { $minKey: 1 } } }],
    ['$regex is not', { a: { $in: [{ $regex: 'x' }] } }],
    ['64 bits', { a: 9223372036854775808n }],
    ['a query must be', 5],
  ] as const)('refuses %s', (words, where) => {
    expect(() => compileFilter(where)).toThrow(
      expect.objectContaining({ code: 'mapping-invalid', message: expect.stringContaining(words) }),
    );
  });

  it('names the mapping file', () => {
    expect(() => compileFilter({ $where: 'true' }, 'mappings/a.yaml')).toThrow(
      /^mappings\/a\.yaml: .*\$where/,
    );
  });

  it('throws document-corrupt where a field passes the end', () => {
    const bytes = serialize({ b: 'xx', a: 1 });
    bytes[7] = 200;
    const filter = compileFilter({ a: 1 });
    expect(() => filter(bytes, new DataView(bytes.buffer, bytes.byteOffset), 0)).toThrow(
      expect.objectContaining({ code: 'document-corrupt' }),
    );
  });
});
