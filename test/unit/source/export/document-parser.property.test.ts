import { EJSON, serialize } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extendedJsonOfDocument } from '../../../../src/bson/extended-json.ts';
import { jsonToBson } from '../../../../src/source/export/json-to-bson.ts';
import { type RawField, type RawValue, raw, rawDocument, viewOf } from '../../../support/raw-bson.ts';

/** Everything that canonical Extended JSON can hold, so that the way back must lead to the same bytes. */
const text = fc.string({ unit: 'binary', maxLength: 20 });
const withoutNul = text.map((value) => value.replaceAll('\0', ''));
const hex = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((b) => Buffer.from(b).toString('hex'));
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const uint32 = fc.nat({ max: 0xffff_ffff });
const key = fc.oneof(withoutNul, fc.constantFrom('', '__proto__', 'a', '_id', '$a', 'a.b', '0'));

const scalar: fc.Arbitrary<RawValue> = fc.oneof(
  fc.double().map(raw.double),
  fc.constantFrom(0, -0, 1, 1e21, 5e-324, Number.NaN, Infinity, -Infinity).map(raw.double),
  text.map(raw.string),
  fc.integer().map(raw.int32),
  int64.map(raw.int64),
  int64.map(raw.date),
  fc.date({ noInvalidDate: true }).map((date) => raw.date(BigInt(date.getTime()))),
  fc.boolean().map(raw.boolean),
  hex(12).map(raw.objectId),
  fc
    .tuple(
      fc.uint8Array({ maxLength: 40 }),
      fc.nat({ max: 255 }).filter((type) => type !== 2),
    )
    .map(([b, t]) => raw.binary(b, t)),
  fc.uint8Array({ maxLength: 9 }).map(raw.oldBinary),
  fc.tuple(uint32, uint32).map(([t, i]) => raw.timestamp(t, i)),
  fc.tuple(withoutNul, fc.constantFrom('', 'i', 'imsx')).map(([p, o]) => raw.regex(p, o)),
  text.map(raw.code),
  text.map(raw.symbol),
  fc.tuple(text, hex(12)).map(([name, id]) => raw.dbPointer(name, id)),
  fc
    .tuple(
      fc.bigInt({ min: -(10n ** 34n) + 1n, max: 10n ** 34n - 1n }),
      fc.integer({ min: -6176, max: 6111 }),
    )
    .map(([coefficient, exponent]) => raw.decimal(coefficient, exponent)),
  fc.constantFrom(raw.decimalNaN(), raw.decimalInfinity(), raw.decimalInfinity(true)),
  fc.constantFrom(raw.null(), raw.undefined(), raw.minKey(), raw.maxKey()),
);

const { fields } = fc.letrec<{ value: RawValue; fields: RawField[] }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 6, arbitrary: scalar },
    { weight: 1, arbitrary: tie('fields').map(raw.document) },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 12 }).map(raw.array) },
    { weight: 1, arbitrary: fc.tuple(text, tie('fields')).map(([c, scope]) => raw.codeWithScope(c, scope)) },
  ),
  fields: fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }),
}));

const blank = fc.constantFrom('', ' ', '\n', '\r\n\t');

/** Puts white space wherever JSON has it, which is around all signs outside of texts. */
const spaced = (json: string, space: string): string =>
  json.replaceAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]/g, (token) => `${space}${token}${space}`);

describe('parsing canonical Extended JSON gives the same bytes', () => {
  it('whatever the document holds', () => {
    fc.assert(
      fc.property(fields, blank, (content, space) => {
        const document = rawDocument(content);
        const json = extendedJsonOfDocument(document, viewOf(document), 0);
        expect(jsonToBson(spaced(json, space).trim()).toString('hex')).toBe(document.toString('hex'));
      }),
      { numRuns: 2000 },
    );
  });

  it('with texts as escapes', () => {
    fc.assert(
      fc.property(text, withoutNul, (value, name) => {
        const escaped = (all: string): string =>
          Array.from(
            { length: all.length },
            (_, at) => `\\u${all.charCodeAt(at).toString(16).padStart(4, '0')}`,
          ).join('');
        const document = rawDocument([[name, raw.string(value)]]);
        expect(jsonToBson(`{"${escaped(name)}":"${escaped(value)}"}`)).toEqual(document);
      }),
    );
  });
});

describe('parsing what the bson package writes', () => {
  const plainKey = fc.stringMatching(/^[a-z]{1,6}$/);
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      // The package itself reads whole numbers beyond 2^53 inexactly where they stand bare.
      fc.double({ noNaN: true }).filter((n) => !Number.isInteger(n) || Number.isSafeInteger(n)),
      fc.integer(),
      text,
      fc.boolean(),
      fc.constant(null),
      fc.date({ noInvalidDate: true }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(plainKey, tie('value'), { maxKeys: 4 }),
    ),
  }));

  it.each([
    ['canonical', false],
    ['relaxed', true],
  ])('gives what it reads from it: %s', (_, relaxed) => {
    fc.assert(
      fc.property(fc.dictionary(plainKey, value, { maxKeys: 5 }), (content) => {
        const json = EJSON.stringify(content, { relaxed });
        const read = EJSON.parse(json, { relaxed: false }) as object;
        expect(jsonToBson(json).toString('hex')).toBe(Buffer.from(serialize(read)).toString('hex'));
      }),
      { numRuns: 500 },
    );
  });
});
