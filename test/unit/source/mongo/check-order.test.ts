import { describe, expect, it } from 'vitest';
import { checkOrder } from '../../../../src/source/mongo/check-order.ts';
import type { DocumentPage } from '../../../../src/source/mongo/document-page.ts';
import { mixedIdDocuments } from '../../../support/mixed-ids.ts';
import { raw, rawDocument, viewOf } from '../../../support/raw-bson.ts';

function pageOf(documents: readonly Buffer[]): DocumentPage {
  let at = 0;
  const starts = documents.map((document) => {
    at += document.length;
    return at - document.length;
  });
  const bytes = Buffer.concat(documents);
  return { bytes, view: viewOf(bytes), starts: Int32Array.from(starts), count: documents.length };
}

const withId = (hex: string): Buffer => rawDocument([['_id', raw.objectId(hex)]]);
const first = withId('63b15cfa0a0b0c0d0000000a');
const second = withId('63b15cfa0a0b0c0d0000000b');

describe('checkOrder', () => {
  it('accepts what rises', () => {
    checkOrder(pageOf([]), 'x');
    checkOrder(pageOf([first, second]), 'x');
    checkOrder(pageOf(mixedIdDocuments), 'x');
  });

  it.each([
    ['falls', [second, first]],
    ['stays', [first, first]],
    ['falls over types', mixedIdDocuments.toReversed()],
    ['is not there', [first, rawDocument([['x', raw.int32(1)]])]],
  ])('refuses an _id that %s', (_, documents) => {
    expect(() => checkOrder(pageOf(documents), 'x')).toThrow(
      expect.objectContaining({ code: 'source-order-broken' }),
    );
  });
});
