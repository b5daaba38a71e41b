import { describe, expect, it } from 'vitest';
import { encodeOutcome, encoderOf, memoryOf, plainOutcome, rowOf } from '../../support/fast-encoder.ts';
import { columnOf, mappingOf } from '../../support/plain-conversion.ts';
import { nestedDocument, type RawField, type RawValue, raw, rawDocument } from '../../support/raw-bson.ts';

/** One column that is read by one encoder for all the documents of a test. */
function jsonReader(type: 'json' | 'jsonb', given: Parameters<typeof columnOf>[1] = {}) {
  const mapping = mappingOf([columnOf(type, given)]);
  const encoder = encoderOf(mapping);
  return (value: RawValue): string | { readonly code: string; readonly path: string } => {
    const document = rawDocument([['v', value]]);
    const outcome = encodeOutcome(encoder, mapping, memoryOf(document));
    expect(outcome).toEqual(plainOutcome(document, mapping));
    return outcome.kind === 'rows' ? rowOf(outcome)[0]! : { code: outcome.code, path: outcome.path };
  };
}

const object = (...keys: (string | Buffer)[]): RawValue =>
  raw.document(keys.map((key, index) => [key, raw.int32(index)]));

describe('objects whose keys were seen before', () => {
  it('keep the order that each of them has, with keys missing and added', () => {
    const read = jsonReader('jsonb');
    const orders = ['abc', 'acb', 'cba', 'ab', 'bc', 'a', '', 'abcd', 'xabc', 'axbyc', 'abc'];
    for (let round = 0; round < 3; round++) {
      for (const order of orders) {
        const keys = [...order];
        expect(read(object(...keys))).toBe(`{${keys.map((key, index) => `"${key}":${index}`).join(',')}}`);
      }
    }
  });

  it('have values of other types than before', () => {
    const read = jsonReader('jsonb');
    const values = [
      raw.string('x'),
      raw.int32(1),
      raw.null(),
      object('b'),
      raw.array([object('b')]),
      raw.string('"'),
    ];
    const texts = ['"x"', '1', 'null', '{"b":0}', '[{"b":0}]', '"\\""'];
    for (let round = 0; round < 3; round++) {
      for (const [index, value] of values.entries()) {
        const expected = `{"a":${texts[index]},"z":${texts[5 - index]}}`;
        expect(
          read(
            raw.document([
              ['a', value],
              ['z', values[5 - index]!],
            ]),
          ),
        ).toBe(expected);
      }
    }
  });

  it('have keys of any length and any characters', () => {
    const read = jsonReader('json');
    const keys = ['', '"', '\\', '\n', 'é', '\u{1F600}', '__proto__', 'constructor', 'a.b', '$oid', '\u2028'];
    for (let length = 1; length <= 20; length++) keys.push('k'.repeat(length), `${'k'.repeat(length)}é`);
    for (const length of [127, 128, 129, 200, 5000]) keys.push('k'.repeat(length), '"'.repeat(length));
    for (let round = 0; round < 3; round++) {
      for (const key of keys) {
        expect(
          read(
            raw.document([
              [key, raw.string(key)],
              ['a', raw.int32(1)],
            ]),
          ),
        ).toBe(`{${JSON.stringify(key)}:${JSON.stringify(key)},"a":1}`);
      }
    }
  });

  it('may have more keys than are learnt', () => {
    const read = jsonReader('jsonb');
    const keys = Array.from({ length: 600 }, (_, index) => `key${index}`);
    const text = `{${keys.map((key, index) => `"${key}":${index}`).join(',')}}`;
    for (let round = 0; round < 3; round++) expect(read(object(...keys))).toBe(text);
    // As data-named keys are: every object has others.
    for (const key of keys) expect(read(object(key, 'z', `${key}y`))).toBe(`{"${key}":0,"z":1,"${key}y":2}`);
    expect(read(object(...keys, 'key3'))).toEqual({ code: 'document-duplicate-key', path: 'v.key3' });
    expect(read(object('other', ...keys.slice(300), 'other'))).toMatchObject({ path: 'v.other' });
  });

  it.each<[string, (string | Buffer)[], string]>([
    ['on a path that is learnt with it', ['a', 'b', 'a'], 'v.a'],
    ['behind a path learnt before', ['x', 'y', 'x'], 'v.x'],
    ['at once', ['q', 'q'], 'v.q'],
    ['empty', ['', 'a', ''], 'v.'],
    ['long', ['k'.repeat(300), 'a', 'k'.repeat(300)], `v.${'k'.repeat(300)}`],
  ])('may not have a key twice in jsonb: %s', (_name, keys, path) => {
    const read = jsonReader('jsonb');
    for (let round = 0; round < 3; round++) {
      expect(read(object('x', 'y', 'z'))).toBe('{"x":0,"y":1,"z":2}');
      expect(read(object(...keys))).toEqual({ code: 'document-duplicate-key', path });
      expect(read(raw.array([raw.null(), object(...keys)]))).toMatchObject({
        code: 'document-duplicate-key',
      });
    }
    const keep = jsonReader('json');
    for (let round = 0; round < 3; round++) expect(keep(object(...keys))).toMatch(/^\{.*\}$/);
  });

  it('are refused for a key that is not UTF-8, on every path', () => {
    const read = jsonReader('jsonb');
    const broken = Buffer.from([0x61, 0xc3]);
    for (let round = 0; round < 3; round++) {
      expect(read(object('a', broken))).toEqual({ code: 'value-invalid-utf8', path: 'v.a\ufffd' });
      expect(read(object('a', 'b'))).toBe('{"a":0,"b":1}');
    }
    // The first problem in reading order is named.
    const both: RawField[] = [
      ['a', raw.string('\0')],
      ['b', raw.int32(1)],
      ['a', raw.int32(1)],
    ];
    expect(read(raw.document(both))).toEqual({ code: 'value-nul-character', path: 'v.a' });
  });

  it('name the path of a problem through objects and arrays', () => {
    const read = jsonReader('jsonb');
    const deep = raw.document([['list', raw.array([raw.int32(1), raw.document([['t', raw.string('\0')]])])]]);
    for (let round = 0; round < 2; round++) {
      expect(read(deep)).toEqual({ code: 'value-nul-character', path: 'v.list.1.t' });
    }
  });
});

describe('deep values', () => {
  it.each([199, 200, 201, 202, 1000, 1999, 2000])('of %i levels are written', (levels) => {
    const text = `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;
    expect(jsonReader('jsonb')({ type: 3, bytes: nestedDocument(levels) })).toBe(text);
  });

  it.each([2001, 100_000, 1_000_000])('of %i levels are refused', (levels) => {
    expect(jsonReader('json')({ type: 3, bytes: nestedDocument(levels) })).toMatchObject({
      code: 'document-too-deep',
    });
  });

  it('have the same rules for keys, texts and styles below', () => {
    const wrap = (value: RawValue, levels: number): RawValue =>
      levels === 0
        ? value
        : wrap(levels % 2 === 0 ? raw.array([value]) : raw.document([['k', value]]), levels - 1);
    const values = [
      object('a', 'b', 'a'),
      raw.document([['t', raw.string('\0')]]),
      raw.document([[Buffer.from([0xff]), raw.null()]]),
      raw.codeWithScope('f("\\")', [
        ['n', raw.int32(1)],
        ['l', raw.array([raw.date(0)])],
      ]),
      raw.document([
        ['a', raw.array([])],
        ['b', raw.document([])],
        ['c', raw.double(1.5)],
      ]),
    ];
    for (const [type, given] of [
      ['jsonb', {}],
      ['json', {}],
      ['jsonb', { json: 'canonical' }],
      ['json', { nul: 'escape' }],
      ['jsonb', { nul: 'strip' }],
    ] as const) {
      const read = jsonReader(type, given);
      for (const value of values) for (const levels of [0, 198, 199, 200, 201]) read(wrap(value, levels));
    }
  });
});
