import { expect, it } from 'vitest';
import { pickBounds } from '../../../../src/source/mongo/sample-bounds.ts';
import { raw, rawDocument } from '../../../support/raw-bson.ts';

const id = (n: number): Buffer => rawDocument([['_id', raw.int32(n)]]);

it('cuts a sample into parts of the same size', () => {
  const shuffled = [7, 3, 11, 0, 9, 5, 2, 8, 1, 10, 4, 6].map(id);
  expect(pickBounds(shuffled, 3)).toEqual([id(4), id(8)]);
  expect(pickBounds(shuffled, 1)).toEqual([]);
});

it('orders by type first, and takes equal numbers for one', () => {
  const text = rawDocument([['_id', raw.string('a')]]);
  const double = rawDocument([['_id', raw.double(1)]]);
  expect(pickBounds([text, id(1)], 2)).toEqual([text]);
  expect(pickBounds([id(1), double, id(1), double], 4).length).toBe(1);
});

it('gives fewer bounds where the sample is small', () => {
  expect(pickBounds([], 4)).toEqual([]);
  expect(pickBounds([id(1), id(2)], 8)).toEqual([id(1), id(2)]);
});
