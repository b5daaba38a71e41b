import { Double, Int32 } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { idBounds, idFilter } from '../../../../src/source/mongo/id-filter.ts';
import { raw, rawDocument } from '../../../support/raw-bson.ts';

const one = rawDocument([['_id', raw.int32(1)]]);
const two = rawDocument([['_id', raw.double(2)]]);
const name = rawDocument([['_id', raw.string('$name')]]);
const nothing = { lower: undefined, upper: undefined, after: undefined };

describe('bounds of a find', () => {
  it('are left out where there are none', () => {
    expect(idBounds(nothing, 17)).toEqual({});
    expect(idBounds(nothing, 9)).toEqual({});
    expect(idFilter(nothing)).toBeUndefined();
  });

  it('compare over all types, and take a text for a text', () => {
    expect(idBounds({ lower: one, upper: name, after: undefined }, 13)).toEqual({
      filter: {
        $expr: {
          $and: [{ $gte: ['$_id', { $literal: new Int32(1) }] }, { $lt: ['$_id', { $literal: '$name' }] }],
        },
      },
    });
  });

  it('go on after a document, instead of from the lower bound', () => {
    expect(idFilter({ lower: one, upper: undefined, after: two })).toEqual({
      $expr: { $and: [{ $gt: ['$_id', { $literal: new Double(2) }] }] },
    });
  });

  it('are bounds of the index before MongoDB 5.0', () => {
    const hint = { _id: 1 };
    expect(idBounds({ lower: one, upper: name, after: undefined }, 12)).toEqual({
      min: { _id: new Int32(1) },
      max: { _id: '$name' },
      hint,
    });
    expect(idBounds({ lower: one, upper: undefined, after: two }, 9)).toEqual({
      min: { _id: new Double(2) },
      hint,
    });
    expect(idBounds({ lower: undefined, upper: name, after: undefined }, 9)).toEqual({
      max: { _id: '$name' },
      hint,
    });
  });

  it('refuse an _id that the driver would change', () => {
    const twice = rawDocument([
      [
        '_id',
        raw.document([
          ['a', raw.int32(1)],
          ['a', raw.int32(2)],
        ]),
      ],
    ]);
    expect(() => idFilter({ lower: twice, upper: undefined, after: undefined })).toThrow(/cannot send/);
  });
});
