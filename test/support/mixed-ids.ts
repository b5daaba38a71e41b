import { type RawValue, raw, rawDocument } from './raw-bson.ts';

/** A few `_id`s of each of twelve BSON types, in MongoDB's order. */
const ids: readonly RawValue[] = [
  raw.minKey(),
  raw.null(),
  raw.double(Number.NEGATIVE_INFINITY),
  raw.int32(-7),
  raw.double(-0.5),
  raw.int32(0),
  raw.decimal(15n, -1),
  raw.int64(3),
  raw.double(3.5),
  raw.int64(9_007_199_254_740_993n),
  raw.string(''),
  raw.string('$field'),
  raw.string('B'),
  raw.string('a'),
  raw.string('a"; drop table t; --'),
  raw.string('é'),
  raw.document([]),
  raw.document([
    ['b', raw.int32(1)],
    ['1', raw.int32(2)],
  ]),
  raw.document([['field', raw.string('$field')]]),
  raw.binary(Buffer.from([1])),
  raw.binary(Buffer.from([1, 2]), 0x80),
  raw.uuid('6f7a2c1e-3f4b-5d8a-9c6e-2b1d0a9f8e7d'),
  raw.objectId('63b15cfa0a0b0c0d0000000a'),
  raw.objectId('63b15cfa0a0b0c0d0000000b'),
  raw.boolean(false),
  raw.boolean(true),
  raw.date(-1),
  raw.date('2023-01-01T00:00:00Z'),
  raw.timestamp(1, 2),
  raw.timestamp(0xffffffff, 1),
  raw.maxKey(),
];

/** Documents with `_id`s of all these types, in `_id` order. */
export const mixedIdDocuments: readonly Buffer[] = ids.map((id, index) =>
  rawDocument([
    ['_id', id],
    ['n', raw.int32(index)],
  ]),
);
