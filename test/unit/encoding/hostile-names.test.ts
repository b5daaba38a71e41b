import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CollectionMapping } from '../../../src/mapping/mapping.ts';
import { encodeOutcome, encoderOf, memoryOf, plainOutcome } from '../../support/fast-encoder.ts';
import { childTable, columnOf, mappingOf, pathSource } from '../../support/plain-conversion.ts';
import { type RawField, type RawValue, raw, rawDocument } from '../../support/raw-bson.ts';

/** Names that would do something if they became part of code, SQL, a template or an object. */
const hostile = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'a"; drop table t; --',
  "a'; drop table t; --",
  '$$',
  '$1',
  '`\x24{process.exit(1)}`',
  '\x24{process.exit(1)}',
  '"+(()=>{throw 1})()+"',
  "'+(()=>{throw 1})()+'",
  ');throw 1;//',
  '*/throw 1;/*',
  '\\',
  '\\"',
  '\n}throw 1;{',
  '\u2028throw 1',
  '\u0085',
  '\ufeff',
  ' ',
  '.',
  'a.b',
  '0',
  '-1',
  'new Function',
  'types[0]=1',
  'arguments',
  'x'.repeat(200),
  'é\u{1F600}',
];

/** Names that mean nothing, of the same number of bytes, in the same order. */
const harmless = hostile.map((name, index) => {
  const size = Buffer.byteLength(name);
  return size === 1 ? String.fromCharCode(0x41 + index) : `${index}_`.padEnd(size, 'x').slice(0, size);
});

function mappingFor(names: readonly string[]): CollectionMapping {
  const columns = names.flatMap((name, index) => [
    columnOf('jsonb', { name, from: [pathSource(name)] }),
    columnOf('text', {
      name: `${name}${index}`,
      from: [pathSource('sub', name), pathSource('deep', name, name)],
      mismatch: 'rest',
    }),
    columnOf('integer', { name: `${name}t`, from: [pathSource('sub', name)], transform: name }),
  ]);
  const rest = { name: names[5]! };
  const of = columnOf('jsonb', { name: names[0]! });
  const children = names.map((name) =>
    childTable(`${name}_list`, ['lists', name], [columnOf('jsonb', { name, from: [pathSource(name)] })], {
      of,
      rest,
      mismatch: 'rest',
    }),
  );
  return { ...mappingOf(columns, { rest, children }), collection: names[5]!, idColumn: undefined };
}

const transformsFor = (names: readonly string[]) => new Map(names.map((name) => [name, () => 1] as const));

function elementsFor(name: string): RawValue {
  const fields = [name, `${name}!`].map((key): RawField => [key, raw.string(name)]);
  return raw.array([raw.document(fields), raw.string(name)]);
}

function documentFor(names: readonly string[]): Buffer {
  const fields: RawField[] = names.map((name) => [name, raw.document([[name, raw.string(name)]])]);
  return rawDocument([
    ['_id', raw.string(names[5]!)],
    ...fields,
    ['sub', raw.document(names.map((name) => [name, raw.string(name)]))],
    ['lists', raw.document(names.map((name) => [name, elementsFor(name)]))],
    ['deep', raw.document(names.map((name) => [name, raw.document([[name, raw.int32(1)]])]))],
    ...names.map((name): RawField => [`${name}!`, raw.document([[name, raw.null()]])]),
  ]);
}

/** The code that is generated for a mapping with the given names, and samples with them. */
function generatedCode(names: readonly string[]): readonly string[] {
  const sources: string[] = [];
  const original = globalThis.Function;
  const recording = new Proxy(original, {
    construct(target, args: string[]) {
      sources.push(...args);
      return Reflect.construct(target, args);
    },
  });
  vi.stubGlobal('Function', recording);
  const mapping = mappingFor(names);
  const samples = [{ input: memoryOf(documentFor(names)), start: 0 }];
  const encoder = encoderOf(mapping, transformsFor(names), { samples });
  encoder.encode(memoryOf(documentFor(names)), 0);
  vi.unstubAllGlobals();
  return sources;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('hostile names', () => {
  it('are keys and columns like any other', () => {
    const mapping = mappingFor(hostile);
    const document = documentFor(hostile);
    for (const samples of [[], [{ input: memoryOf(document), start: 0 }]]) {
      const encoder = encoderOf(mapping, transformsFor(hostile), { samples });
      const outcome = encodeOutcome(encoder, mapping, memoryOf(document));
      expect(outcome).toEqual(plainOutcome(document, mapping, transformsFor(hostile)));
      expect(outcome.kind).toBe('rows');
      expect(encoder.tables[0]!.columns).toContain('a"; drop table t; --');
    }
  });

  it('are kept apart where they are missing', () => {
    const mapping = { ...mappingFor(hostile), idColumn: 'x' };
    const document = rawDocument([]);
    const outcome = encodeOutcome(encoderOf(mapping, transformsFor(hostile)), mapping, memoryOf(document));
    expect(outcome).toEqual(plainOutcome(document, mapping, transformsFor(hostile)));
  });

  it('do not reach generated code: it differs from that for harmless names in numbers only', () => {
    const code = generatedCode(hostile);
    expect(code.length).toBeGreaterThan(10);
    const withoutNumbers = (text: string): string => text.replace(/-?\d+/g, 'N');
    expect(code.map(withoutNumbers)).toEqual(generatedCode(harmless).map(withoutNumbers));
    for (const source of code) {
      expect(source).toMatch(/^[\n\x20-\x7e]*$/);
      expect(source).not.toMatch(/process|drop|Function|`|\$/);
    }
  });
});
