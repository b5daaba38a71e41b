import { describe, expect, it } from 'vitest';
import { createFoundField, findField, findPath } from '../../../src/bson/find-field.ts';
import { raw, rawDocument, viewOf } from '../../support/raw-bson.ts';

const prefix = 5;
const document = rawDocument([
  ['ab', raw.int32(1)],
  ['a', raw.string('x')],
  ['a', raw.null()],
  ['', raw.boolean(true)],
  ['sub', raw.document([['deep', raw.document([['n', raw.int64(7)]])]])],
  ['list', raw.array([raw.document([['n', raw.int32(1)]])])],
]);
const bytes = Buffer.concat([Buffer.alloc(prefix), document]);
const view = viewOf(bytes);
const key = (text: string): Uint8Array => Buffer.from(text);

describe('findField', () => {
  it('gives type and place of the first field with exactly this key', () => {
    const found = createFoundField();
    expect(findField(bytes, view, prefix, key('a'), found)).toBe(true);
    expect(found.type).toBe(0x02);
    expect(bytes.subarray(found.at, found.end)).toEqual(raw.string('x').bytes);
  });

  it('finds the empty key', () => {
    const found = createFoundField();
    expect(findField(bytes, view, prefix, key(''), found)).toBe(true);
    expect(found).toMatchObject({ type: 0x08 });
  });

  it.each(['b', 'abc', 'aa', 'deep'])('does not find %s', (name) => {
    expect(findField(bytes, view, prefix, key(name), createFoundField())).toBe(false);
  });

  it('throws when a field that it passes does not end inside the document', () => {
    const damaged = rawDocument([
      ['s', raw.string('text')],
      ['z', raw.null()],
    ]);
    damaged.writeInt32LE(1000, 7);
    expect(() => findField(damaged, viewOf(damaged), 0, key('z'), createFoundField())).toThrowError(
      expect.objectContaining({ code: 'document-corrupt' }),
    );
  });

  it('throws when the document claims more bytes than there are', () => {
    const damaged = rawDocument([['z', raw.null()]]);
    damaged.writeInt32LE(damaged.length + 1, 0);
    expect(() => findField(damaged, viewOf(damaged), 0, key('y'), createFoundField())).toThrowError(
      expect.objectContaining({ code: 'document-corrupt' }),
    );
  });
});

describe('findPath', () => {
  const path = (...keys: string[]): Uint8Array[] => keys.map(key);

  it('walks through documents', () => {
    const found = createFoundField();
    expect(findPath(bytes, view, prefix, path('sub', 'deep', 'n'), found)).toBe(true);
    expect(found.type).toBe(0x12);
    expect(view.getBigInt64(found.at, true)).toBe(7n);
  });

  it.each([[['list', '0']], [['list', '0', 'n']], [['a', 'x']], [['sub', 'none', 'n']], [[]]])(
    'does not find %j',
    (keys) => {
      expect(findPath(bytes, view, prefix, path(...keys), createFoundField())).toBe(false);
    },
  );
});
