import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileScanner } from '../../../src/encoding/document-scanner.ts';
import { buildPathTree } from '../../../src/encoding/path-tree.ts';
import { betweenCanaries, memoryOf } from '../../support/fast-encoder.ts';
import { columnOf, mappingOf, pathSource } from '../../support/plain-conversion.ts';
import { type RawField, type RawKey, raw, rawDocument } from '../../support/raw-bson.ts';

/** Scans for the given paths; each document gives the values found (int32 ones) and the number of other fields. */
function scannerFor(
  paths: readonly (readonly string[])[],
  duplicates: 'reject' | 'last' = 'reject',
  samples: readonly Buffer[] = [],
) {
  const columns = paths.map((path, index) =>
    columnOf('jsonb', { name: `c${index}`, from: [pathSource(...path)] }),
  );
  const tree = buildPathTree(mappingOf(columns).tables[0]!, []);
  const scan = compileScanner(
    tree,
    duplicates,
    samples.map((sample) => ({ input: memoryOf(sample), start: 0 })),
  );
  return (document: Buffer) => {
    const types = new Uint8Array(tree.slotCount);
    const offsets = new Int32Array(tree.slotCount);
    const { input, start } = betweenCanaries(document, 0x61);
    try {
      const extra = scan(input, start, { types, offsets });
      const values = paths.map((path) => {
        const slot = tree.slotOf(path);
        return types[slot] === 16 ? input.view.getInt32(offsets[slot]!, true) : types[slot];
      });
      return { extra, values };
    } catch (problem) {
      const { code, within = [] } = problem as { code: string; within?: (string | number)[] };
      return { code, path: within.join('.') };
    }
  };
}

const ints = (...keys: RawKey[]): Buffer =>
  rawDocument(keys.map((key, index) => [key, raw.int32(index + 1)]));

describe('a scanner', () => {
  it.each([
    [['a', 'b', 'c'], [1, 2, 3], 0],
    [['c', 'b', 'a'], [3, 2, 1], 0],
    [['b', 'x', 'a', 'y'], [3, 1, 0], 2],
    [['x', 'y', 'z'], [0, 0, 0], 3],
    [[], [0, 0, 0], 0],
    [['', 'a', 'ab', 'aa'], [2, 0, 0], 3],
  ])('finds fields in any order: %j', (keys, values, extra) => {
    const orders = [[], [ints('a', 'b', 'c')], [ints('x', 'c', 'a'), ints('b', 'y')]];
    for (const samples of orders) {
      const scan = scannerFor([['a'], ['b'], ['c']], 'reject', samples);
      expect(scan(ints(...keys))).toEqual({ values, extra });
    }
  });

  it('finds nested paths, and nothing below what is not a document', () => {
    const scan = scannerFor([['a', 'x'], ['a', 'b', 'y'], ['c']]);
    const inner = (...fields: RawField[]): RawField => ['a', raw.document(fields)];
    const b: RawField = ['b', raw.document([['y', raw.int32(2)]])];
    expect(scan(rawDocument([inner(['x', raw.int32(1)], b), ['c', raw.int32(3)]]))).toEqual({
      values: [1, 2, 3],
      extra: 0,
    });
    expect(scan(rawDocument([inner(b, ['z', raw.null()], ['x', raw.int32(1)])]))).toEqual({
      values: [1, 2, 0],
      extra: 1,
    });
    for (const value of [raw.int32(1), raw.array([raw.document([['x', raw.int32(1)]])]), raw.null()]) {
      expect(scan(rawDocument([['a', value]]))).toEqual({ values: [0, 0, 0], extra: 1 });
    }
    // An empty document is kept by the rest column.
    expect(scan(rawDocument([inner()]))).toEqual({ values: [0, 0, 0], extra: 1 });
  });

  it('counts nothing below a path that is taken whole', () => {
    const scan = scannerFor([['a'], ['a', 'x']]);
    const sub = raw.document([
      ['x', raw.int32(1)],
      ['other', raw.null()],
    ]);
    expect(scan(rawDocument([['a', sub]]))).toEqual({ values: [3, 1], extra: 0 });
    expect(scan(rawDocument([['a', raw.int32(5)]]))).toEqual({ values: [5, 0], extra: 0 });
  });

  it.each<[string, Buffer, string]>([
    ['mapped', ints('a', 'b', 'a'), 'a'],
    ['not mapped', ints('x', 'a', 'x'), 'x'],
    ['not mapped, in the order of the samples', ints('s', 'a', 's'), 's'],
    [
      'only leading to others',
      rawDocument([
        ['sub', raw.document([])],
        ['sub', raw.int32(1)],
      ]),
      'sub',
    ],
    [
      'nested',
      rawDocument([
        [
          'sub',
          raw.document([
            ['x', raw.null()],
            ['x', raw.null()],
          ]),
        ],
      ]),
      'sub.x',
    ],
    [
      'nested and not mapped',
      rawDocument([
        [
          'sub',
          raw.document([
            ['q', raw.null()],
            ['q', raw.null()],
          ]),
        ],
      ]),
      'sub.q',
    ],
    ['not UTF-8', ints(Buffer.from([0xff]), 'a', Buffer.from([0xff])), '\ufffd'],
    ['empty', ints('', 'a', ''), ''],
    ['__proto__', ints('__proto__', 'a', '__proto__'), '__proto__'],
  ])('refuses a duplicate key that is %s', (_name, document, path) => {
    const paths = [['a'], ['b'], ['sub', 'x'], ['sub', 'y']];
    for (const samples of [[], [ints('s', 'a', 'b', 'sub')], [document]]) {
      const scan = scannerFor(paths, 'reject', samples);
      expect(scan(document)).toEqual({ code: 'document-duplicate-key', path });
      // What was noticed in one document does not count in the next.
      expect(scan(ints('s', 'x', 'a'))).toEqual({ values: [3, 0, 0, 0], extra: 2 });
    }
  });

  it('tells apart keys whose bytes are not UTF-8', () => {
    const scan = scannerFor([['\ufffd'], ['a']]);
    expect(scan(ints(Buffer.from([0xff]), Buffer.from([0xfe]), 'a'))).toEqual({ values: [0, 3], extra: 2 });
    expect(scan(ints('\ufffd'))).toEqual({ values: [1, 0], extra: 0 });
  });

  it('takes the last of duplicates on demand, with nothing of those before', () => {
    const scan = scannerFor([['a'], ['sub', 'x'], ['sub', 'y']], 'last');
    expect(scan(ints('a', 'b', 'a'))).toMatchObject({ values: [3, 0, 0] });
    const sub = (...fields: RawField[]): RawField => ['sub', raw.document(fields)];
    const x: RawField = ['x', raw.int32(1)];
    const y: RawField = ['y', raw.int32(2)];
    expect(scan(rawDocument([sub(x), sub(y)]))).toMatchObject({ values: [0, 0, 2] });
    expect(scan(rawDocument([sub(x, y), ['sub', raw.int32(1)]]))).toMatchObject({ values: [0, 0, 0] });
    expect(scan(rawDocument([['sub', raw.int32(1)], sub(x)]))).toMatchObject({ values: [0, 1, 0] });
  });

  it('knows hundreds of keys, in samples and beyond what it expects', () => {
    const keys = Array.from({ length: 900 }, (_, index) => `key-${'x'.repeat(index % 7)}-${index}`);
    const paths = keys.filter((_, index) => index % 3 === 0).map((key) => [key]);
    const values = keys.flatMap((_, index) => (index % 3 === 0 ? [index + 1] : []));
    for (const samples of [[], [ints(...keys)], [ints(...keys.slice(0, 50))]]) {
      const scan = scannerFor(paths, 'reject', samples);
      expect(scan(ints(...keys))).toEqual({ values, extra: 600 });
      const reversed = keys.toReversed();
      expect(scan(ints(...reversed))).toEqual({ values: values.map((n) => 901 - n), extra: 600 });
      expect(scan(ints(...keys, keys[1]!))).toEqual({ code: 'document-duplicate-key', path: keys[1] });
    }
  });

  it('compares whole keys, however long and alike they are', () => {
    const long = 'k'.repeat(200);
    const keys = [long, `${long}k`, long.slice(1), `${long.slice(0, -1)}j`, `é${long}`];
    const scan = scannerFor(
      keys.map((key) => [key]),
      'reject',
      [ints(...keys.toReversed())],
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(keys), (some) => {
        const values = keys.map((key) => some.indexOf(key) + 1);
        expect(scan(ints(...some))).toEqual({ values, extra: 0 });
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  it('learns from the whole part of a damaged sample', () => {
    const sample = ints('b', 'a', 'c');
    sample[sample.length - 7] = 0x7b;
    const scan = scannerFor([['a'], ['b']], 'reject', [sample]);
    expect(scan(ints('b', 'a'))).toEqual({ values: [2, 1], extra: 0 });
  });

  it.each([
    ['a type that there is not', 4, 0x14],
    ['a length that leads out', 7, 0xff],
    ['no end of the last key', 11, 0x41],
  ])('refuses a document with %s', (_name, at, byte) => {
    const document = rawDocument([
      ['a', raw.string('')],
      ['b', raw.null()],
    ]);
    document[at] = byte;
    expect(scannerFor([['a']])(document)).toMatchObject({ code: 'document-corrupt' });
  });
});
