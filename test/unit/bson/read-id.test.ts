import { describe, expect, it } from 'vitest';
import { readId } from '../../../src/bson/read-id.ts';
import { type RawValue, raw, rawDocument, viewOf } from '../../support/raw-bson.ts';

const read = (document: Buffer, start = 0): Uint8Array | undefined =>
  readId(document, viewOf(document), start);

describe('readId', () => {
  it.each<[string, RawValue]>([
    ['an ObjectId', raw.objectId('0123456789abcdef01234567')],
    ['a long string', raw.string('x'.repeat(300))],
    ['null', raw.null()],
    [
      'a document',
      raw.document([
        ['b', raw.int32(1)],
        ['a', raw.double(-0)],
      ]),
    ],
  ])('copies %s into a document of its own, wherever it stands', (_name, value) => {
    const document = rawDocument([
      ['a', raw.int32(5)],
      ['_id', value],
      ['_id', raw.int32(9)],
    ]);
    const bytes = Buffer.concat([Buffer.alloc(11), document]);
    const id = read(bytes, 11);
    expect(Buffer.from(id ?? [])).toEqual(rawDocument([['_id', value]]));
    bytes.fill(0);
    expect(Buffer.from(id ?? [])).toEqual(rawDocument([['_id', value]]));
  });

  it('gives undefined for a document without _id', () => {
    expect(
      read(
        rawDocument([
          ['_idx', raw.int32(1)],
          ['i', raw.document([['_id', raw.int32(1)]])],
        ]),
      ),
    ).toBeUndefined();
  });
});
