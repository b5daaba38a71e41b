import { Binary, Decimal128, EJSON, Long, ObjectId, Timestamp } from 'bson';
import { expect, test } from 'vitest';
import { maskDocument } from '../../../src/report/mask-document.ts';

test('every value becomes its type, every key stays', () => {
  const document = {
    _id: new ObjectId(),
    email: 'canary@example.org',
    count: 7,
    long: Long.fromNumber(12345678901),
    ratio: 1.5,
    price: Decimal128.fromString('9.99'),
    at: new Date(),
    data: new Binary(Buffer.from('canary')),
    op: new Timestamp({ t: 1, i: 2 }),
    pattern: /canary/,
    active: true,
    nothing: null,
    tags: ['canary', { $comment: 'canary' }],
    sub: { 'a.b': { constructor: 'canary' } },
  };
  const masked = maskDocument(JSON.parse(EJSON.stringify(document, { relaxed: false })));
  expect(masked).toEqual({
    _id: '<objectId>',
    email: '<string>',
    count: '<int>',
    long: '<long>',
    ratio: '<double>',
    price: '<decimal>',
    at: '<date>',
    data: '<binary>',
    op: '<timestamp>',
    pattern: '<regex>',
    active: '<bool>',
    nothing: null,
    tags: ['<string>', { $comment: '<string>' }],
    sub: { 'a.b': { constructor: '<string>' } },
  });
  expect(JSON.stringify(masked)).not.toContain('canary');
});
