import { describe, expect, it } from 'vitest';
import { compileCollection } from '../../../src/encoding/compile-collection.ts';
import { sampleElements } from '../../../src/encoding/sample-elements.ts';
import type { CollectionMapping } from '../../../src/mapping/mapping.ts';
import { fieldColumn, idColumn, listTable } from '../../support/child-table-outcomes.ts';
import { readCopyRows } from '../../support/copy-binary.ts';
import { encodeOutcome, encoderOf, memoryOf, plainOutcome, takeBytes } from '../../support/fast-encoder.ts';
import { childTable, columnOf, mappingOf, runTime } from '../../support/plain-conversion.ts';
import { type RawField, type RawValue, raw, rawDocument } from '../../support/raw-bson.ts';

const rest = { name: 'rest' };
const title = fieldColumn('title', 'text');
const copyOfTitle = columnOf('text', { name: 'title', from: [{ kind: 'parent', column: 'title' }] });
const mapping: CollectionMapping = {
  ...mappingOf([idColumn, title], {
    rest,
    children: [
      listTable([copyOfTitle, fieldColumn('a', 'text'), fieldColumn('b', 'jsonb')], { rest }),
      childTable('below', ['below'], [copyOfTitle, fieldColumn('n', 'integer')], {
        parent: 'list',
        of: columnOf('integer', { name: 'parent' }),
      }),
    ],
  }),
  idColumn: undefined,
};

const numbered = (n: number): RawValue => raw.document([['n', raw.int32(n)]]);
const numbers = (count: number): RawValue[] => Array.from({ length: count }, (_, n) => numbered(n));
const element = (size: number, below: readonly RawValue[]): RawValue =>
  raw.document([
    ['a', raw.string('a'.repeat(size))],
    ['b', raw.array([raw.string('b'.repeat(size))])],
    ['below', raw.array(below)],
    ['q', raw.string('q'.repeat(size))],
  ]);
const document = (titleSize: number, list: RawValue): Buffer =>
  rawDocument([
    ['_id', raw.int32(1)],
    ['title', raw.string('t'.repeat(titleSize))],
    ['list', list],
  ]);
const takeAll = (encoder: ReturnType<typeof encoderOf>): Buffer[] =>
  encoder.tables.map((_, index) => takeBytes(encoder, index));

describe('the tables of an encoder', () => {
  it('are the mapped ones, parents before children, and then the document keys', () => {
    expect(encoderOf(mapping).tables.map(({ kind, name, columns }) => ({ kind, name, columns }))).toEqual([
      { kind: 'mapped', name: 'things', columns: ['id', 'title', 'rest'] },
      { kind: 'mapped', name: 'list', columns: ['parent', 'position', 'title', 'a', 'b', 'rest'] },
      { kind: 'mapped', name: 'below', columns: ['parent', 'position', 'title', 'n'] },
      { kind: 'document-key', name: 'document_key', columns: ['collection', 'id', 'key'] },
    ]);
  });

  it('take the key of the document from the row of the root table, whatever came after it', () => {
    const encoder = encoderOf(mapping);
    for (let n = 0; n < 3; n++) {
      encoder.encode(memoryOf(document(100_000, raw.array([element(10, numbers(3))]))), 0);
    }
    const keys = readCopyRows(takeBytes(encoder, 3));
    expect(keys.map(([, , key]) => key?.subarray(-4).readInt32BE())).toEqual([1, 1, 1]);
  });

  it('refuse a copy of a column that the parent does not have', () => {
    const broken = mappingOf([idColumn], { children: [listTable([copyOfTitle])] });
    expect(() => compileCollection({ mapping: broken, runTime, transforms: new Map() })).toThrow('^title');
  });
});

describe('rows of child tables larger than a page', () => {
  it.each([
    [10, 10, 5],
    [100_000, 10, 5],
    [10, 70_000, 5],
    [200_000, 50_000, 3],
    [65_000, 16_000, 20],
    [3000, 10, 300],
  ])('with a title of %i bytes and elements of %i', (titleSize, size, count) => {
    const encoder = encoderOf(mapping);
    const list = raw.array(Array.from({ length: count }, () => element(size, numbers(3))));
    const bytes = document(titleSize, list);
    const small = document(1, raw.array([element(1, numbers(1))]));
    for (const each of [small, bytes, small, bytes]) {
      expect(encodeOutcome(encoder, mapping, memoryOf(each))).toEqual(plainOutcome(each, mapping));
    }
  });

  it('of one document with 30,000 elements', () => {
    const encoder = encoderOf(mapping);
    const bytes = document(20, raw.array([element(1, numbers(30_000)), element(1, [])]));
    expect(encoder.encode(memoryOf(bytes), 0)).toBe('loaded');
    const [, list, below] = takeAll(encoder).map(readCopyRows);
    expect(list).toHaveLength(2);
    expect(below).toHaveLength(30_000);
    const last = below!.at(-1)!;
    expect(last.map((field) => field?.toString('hex'))).toEqual([
      '00000001',
      '0000752f',
      Buffer.from('t'.repeat(20)).toString('hex'),
      '0000752f',
    ]);
  });
});

describe('a document that is set aside', () => {
  const bad = raw.document([['n', raw.string('x')]]);
  const good = document(10, raw.array([element(10, numbers(3)), element(10, numbers(2))]));
  const refused: readonly (readonly [name: string, list: RawValue])[] = [
    [
      'in the last element of the last table',
      raw.array([element(10, numbers(3)), element(10, [...numbers(9), bad])]),
    ],
    ['after the buffers have grown', raw.array([element(200_000, numbers(5000)), element(1, [bad])])],
    ['before the first row', raw.int32(1)],
    ['at an element', raw.array([element(10, numbers(3)), raw.null()])],
    ['by damage in an element', raw.array([element(10, numbers(3)), { type: 3, bytes: damagedElement() }])],
    ['by damage in an array', { type: 4, bytes: damagedArray() }],
  ];

  /** A document whose only field has a type that there is not. */
  function damagedElement(): Buffer {
    const bytes = rawDocument([['a', raw.null()]]);
    bytes[4] = 0x20;
    return bytes;
  }

  /** An array whose last element goes on behind its end. */
  function damagedArray(): Buffer {
    const fields: RawField[] = [
      ['0', element(10, numbers(3))],
      ['1', raw.int32(1)],
    ];
    const bytes = rawDocument(fields).subarray(0, -3);
    const cut = Buffer.concat([bytes, Buffer.alloc(1)]);
    cut.writeInt32LE(cut.length);
    return cut;
  }

  it.each(refused)('leaves nothing in any table, before, between and after others: %s', (_name, list) => {
    const encoder = encoderOf(mapping);
    const broken = document(70_000, list);
    const outcomes = [broken, good, broken, good, broken].map((bytes) => encoder.encode(memoryOf(bytes), 0));
    expect(outcomes).toEqual(['rejected', 'loaded', 'rejected', 'loaded', 'rejected']);
    expect(encoder.adjustments).toEqual([]);
    const alone = encoderOf(mapping);
    for (let n = 0; n < 2; n++) alone.encode(memoryOf(good), 0);
    expect(takeAll(encoder)).toEqual(takeAll(alone));
  });
});

describe('samples', () => {
  const list = (...elements: RawValue[]): Buffer =>
    rawDocument([['sub', raw.document([['list', raw.array(elements)]])]]);
  const sampled = (documents: readonly Buffer[], path: string[]): string[] =>
    sampleElements(
      documents.map((bytes) => ({ input: memoryOf(bytes), start: 0 })),
      path,
    ).map(({ input, start }) => input.bytes.subarray(start + 5, start + 6).toString());

  it('are the documents among the first elements of each array', () => {
    const documents = [
      list(raw.document([['a', raw.null()]]), raw.int32(1), raw.document([['b', raw.null()]])),
      rawDocument([['sub', raw.int32(1)]]),
      list(...Array(50).fill(raw.document([['c', raw.null()]]))),
    ];
    expect(sampled(documents, ['sub', 'list'])).toEqual(['a', 'b', ...Array(10).fill('c')]);
    expect(sampled(documents, ['sub'])).toEqual([]);
  });

  it('end where a document is damaged', () => {
    const broken = list(raw.document([['a', raw.null()]]), raw.int32(1), raw.document([['b', raw.null()]]));
    broken[broken.indexOf('1\0') - 1] = 0x20;
    expect(sampled([broken, list(raw.document([['c', raw.null()]]))], ['sub', 'list'])).toEqual(['a', 'c']);
  });

  it('of elements do not change what becomes of a document', () => {
    const bytes = document(
      10,
      raw.array([
        element(10, numbers(3)),
        raw.document([
          ['q', raw.null()],
          ['b', raw.null()],
        ]),
      ]),
    );
    const samples = [{ input: memoryOf(bytes), start: 0 }];
    const encoder = encoderOf(mapping, new Map(), { samples });
    expect(encodeOutcome(encoder, mapping, memoryOf(bytes))).toEqual(plainOutcome(bytes, mapping));
  });
});
