import { describe, expect, it } from 'vitest';
import { compileCollection } from '../../../src/encoding/compile-collection.ts';
import type { ColumnMapping } from '../../../src/mapping/mapping.ts';
import { copyFieldText, readCopyRows } from '../../support/copy-binary.ts';
import { encodeOutcome, encoderOf, memoryOf, rowOf, takeBytes } from '../../support/fast-encoder.ts';
import { columnOf, mappingOf, pathSource, runTime } from '../../support/plain-conversion.ts';
import { type RawField, type RawValue, raw, rawDocument } from '../../support/raw-bson.ts';

const oid = '65a1b2c3d4e5f60718293a4b';
const rest = { name: 'rest' };
const rejected = (code: string, path: string) => ({ kind: 'rejected', code, path });

describe('a document that is set aside', () => {
  const mapping = mappingOf([
    columnOf('text', { name: 'a', from: [pathSource('a')] }),
    columnOf('integer', { name: 'b', from: [pathSource('b')] }),
  ]);
  const document = (a: RawValue, b: RawValue): Buffer =>
    rawDocument([
      ['a', a],
      ['b', b],
    ]);

  it('leaves no byte, before, between and after others', () => {
    const encoder = encoderOf(mapping);
    const good = document(raw.string('x'), raw.int32(1));
    const bad = document(raw.string('y'.repeat(50_000)), raw.string('z'));
    const damaged = document(raw.string('y'), { type: 0x20, bytes: Buffer.alloc(4) });
    const outcomes = [bad, good, damaged, good, bad, bad, good].map((bytes) =>
      encoder.encode(memoryOf(bytes), 0),
    );
    expect(outcomes).toEqual(['rejected', 'loaded', 'rejected', 'loaded', 'rejected', 'rejected', 'loaded']);
    const alone = encoderOf(mapping);
    for (let i = 0; i < 3; i++) alone.encode(memoryOf(good), 0);
    expect(takeBytes(encoder)).toEqual(takeBytes(alone));
  });

  it('says why until the next document', () => {
    const encoder = encoderOf(mapping);
    encoder.encode(memoryOf(document(raw.string('x'), raw.double(1.5))), 0);
    expect(encoder.rejection).toMatchObject({ code: 'value-mismatch', path: 'b' });
    encoder.encode(memoryOf(document(raw.string('x'), raw.double(2))), 0);
    expect(encoder.rejection).toBeUndefined();
  });

  it('and one that the filter leaves out, are told apart', () => {
    const encoder = encoderOf(mapping, new Map(), { filter: (bytes) => bytes[4] === 2 });
    expect(encoder.encode(memoryOf(document(raw.int32(1), raw.string('bad'))), 0)).toBe('filtered');
    expect(encoder.encode(memoryOf(document(raw.string('a'), raw.string('bad'))), 0)).toBe('rejected');
    expect(encoder.encode(memoryOf(document(raw.string('a'), raw.int32(1))), 0)).toBe('loaded');
    expect(readCopyRows(takeBytes(encoder))).toHaveLength(1);
  });
});

describe('rows larger than a page', () => {
  const columns = [
    columnOf('text', { name: 'a', from: [pathSource('a')], nul: 'strip' }),
    columnOf('jsonb', { name: 'b', from: [pathSource('b')] }),
    columnOf('bytea', { name: 'd', from: [pathSource('d')] }),
    columnOf('integer[]', { name: 'e', from: [pathSource('e')] }),
    columnOf('integer', { name: 'f', from: [pathSource('f')], mismatch: 'rest' }),
  ];
  const mapping = mappingOf(columns, { rest });
  const numbers = (count: number): RawValue =>
    raw.array(Array.from({ length: count }, (_, i) => raw.int32(i)));

  it.each([100, 16_000, 64_000, 65_536, 80_000, 82_000, 500_000])('of parts of %i bytes', (size) => {
    const encoder = encoderOf(mapping);
    const fields: RawField[] = [
      ['a', raw.string(`${'a'.repeat(size)}\0`)],
      [
        'b',
        raw.document([
          ['list', numbers(size / 5)],
          ['text', raw.string('"'.repeat(size))],
        ]),
      ],
      ['d', raw.binary(Buffer.alloc(size, 7))],
      ['e', numbers(size / 4)],
      ['f', raw.string('f'.repeat(size))],
      ['g', raw.document([['g', raw.string('g'.repeat(size))]])],
    ];
    // What a small row before it and the growing in the middle of it leave behind must not show.
    encodeOutcome(encoder, mapping, memoryOf(rawDocument([['a', raw.string('first')]])));
    const outcome = encodeOutcome(encoder, mapping, memoryOf(rawDocument(fields)));
    const [a, b, d, e, f, extra] = rowOf(outcome);
    expect(a).toBe('a'.repeat(size));
    expect(JSON.parse(b!)).toEqual({
      list: Array.from({ length: size / 5 }, (_, i) => i),
      text: '"'.repeat(size),
    });
    expect(d).toBe(`\\x${'07'.repeat(size)}`);
    expect(e).toBe(`{${Array.from({ length: size / 4 }, (_, i) => `"${i}"`).join(',')}}`);
    expect(f).toBeNull();
    expect(JSON.parse(extra!)).toEqual({ f: 'f'.repeat(size), g: { g: 'g'.repeat(size) } });
    expect(outcome).toMatchObject({
      adjustments: [
        { table: 'things', column: 'a', kind: 'nul-stripped' },
        { table: 'things', column: 'f', kind: 'mismatch-rest' },
        { table: 'things', column: 'rest', kind: 'unmapped-rest', path: 'g' },
      ],
    });
  });

  it('of documents of 15 MB', () => {
    const items = Array.from({ length: 155_000 }, (_, i) =>
      raw.document([
        ['position', raw.int32(i)],
        ['text', raw.string('some text with "quotes" and ünïcode that goes on for a while')],
      ]),
    );
    const document = rawDocument([['v', raw.array(items)]]);
    expect(document.length).toBeGreaterThan(15_000_000);
    const json = mappingOf([columnOf('jsonb')]);
    const outcome = encodeOutcome(encoderOf(json), json, memoryOf(document));
    const list = JSON.parse(rowOf(outcome)[0]!);
    expect(list).toHaveLength(155_000);
    expect(list[154_999]).toEqual({
      position: 154_999,
      text: 'some text with "quotes" and ünïcode that goes on for a while',
    });
  });

  it('that are set aside at their end leave nothing', () => {
    const encoder = encoderOf(mapping);
    const fields: RawField[] = [
      ['a', raw.string('a'.repeat(1_000_000))],
      ['g', raw.string(Buffer.from([0xff]))],
    ];
    expect(encodeOutcome(encoder, mapping, memoryOf(rawDocument(fields)))).toEqual(
      rejected('value-invalid-utf8', 'g'),
    );
  });
});

describe('document keys', () => {
  const key = (name: string, type: string, from: string): ColumnMapping =>
    columnOf(type, { name, from: [pathSource(from)], required: true });
  const base = mappingOf([columnOf('text'), key('x', 'integer', 'a'), key('y', 'text', 'b')]);
  const mapping = {
    ...base,
    collection: 'öffentlich',
    idColumn: undefined,
    tables: base.tables.map((table) => ({ ...table, key: ['y', 'x'] })),
  };
  const document = (id: RawField[]): Buffer =>
    rawDocument([['a', raw.int32(7)], ...id, ['b', raw.string('é')], ['v', raw.string('x'.repeat(100_000))]]);

  it.each([
    raw.objectId(oid),
    raw.string('id'),
    raw.document([['k', raw.int32(1)]]),
    raw.int64(5),
    raw.minKey(),
    raw.string('i'.repeat(200_000)),
  ])('pair the _id, as BSON, with the binary form of the key columns %#', (id) => {
    const encoder = compileCollection({ mapping, runTime, transforms: new Map() });
    expect(encoder.tables.map(({ kind, name, columns }) => ({ kind, name, columns }))).toEqual([
      { kind: 'mapped', name: 'things', columns: ['c', 'x', 'y'] },
      { kind: 'document-key', name: 'document_key', columns: ['collection', 'id', 'key'] },
    ]);
    expect(encoder.encode(memoryOf(document([['_id', id]])), 0)).toBe('loaded');
    const [[collection, bson, keys] = []] = readCopyRows(takeBytes(encoder, 1));
    expect(collection?.toString()).toBe('öffentlich');
    expect(bson).toEqual(rawDocument([['_id', id]]));
    const bytea = copyFieldText({ name: 'bytea', array: true }, keys!);
    expect(bytea).toBe(`{"\\\\x${Buffer.from('é').toString('hex')}","\\\\x00000007"}`);
  });

  it('need an _id, and leave nothing in either table without', () => {
    const encoder = compileCollection({ mapping, runTime, transforms: new Map() });
    expect(encoder.encode(memoryOf(document([])), 0)).toBe('rejected');
    expect(encoder.rejection).toMatchObject({ code: 'value-required' });
    expect([takeBytes(encoder, 0), takeBytes(encoder, 1)]).toEqual([Buffer.alloc(0), Buffer.alloc(0)]);
  });
});
