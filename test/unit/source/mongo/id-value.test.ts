import { BSON } from 'mongodb';
import { expect, it } from 'vitest';
import { idValue } from '../../../../src/source/mongo/id-value.ts';
import { idOf } from '../../../contracts/document-source.contract.ts';
import { mixedIdDocuments } from '../../../support/mixed-ids.ts';
import { raw, rawDocument } from '../../../support/raw-bson.ts';

it('keeps the bytes of _ids of all types', () => {
  for (const id of mixedIdDocuments.map(idOf)) {
    const value = idValue(id)?.value;
    expect(Buffer.from(BSON.serialize({ _id: value })).equals(id)).toBe(true);
  }
});

it.each([
  ['a text that is not UTF-8', raw.string(Buffer.from([0xff]))],
  ['a date beyond those of JavaScript', raw.date(9_000_000_000_000_000n)],
])('does not pretend to for %s', (_, value) => {
  expect(idValue(rawDocument([['_id', value]]))).toBeUndefined();
});
