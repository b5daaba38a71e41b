import { describe, expect, it } from 'vitest';
import type { TableMapping } from '../../../src/mapping/mapping.ts';
import {
  childTable,
  columnOf,
  convertFields,
  mappingOf,
  pathSource,
} from '../../support/plain-conversion.ts';
import { type RawField, type RawValue, raw } from '../../support/raw-bson.ts';
import {
  adjustmentsOf,
  convert,
  document,
  id,
  item,
  kind,
  ofKind,
  rejected,
  rest,
  rowsOf,
} from './child-conversion.ts';

describe('a child table', () => {
  const parts = childTable('parts', ['parts'], [kind]);

  it('has a row per element, with the key of the parent and the position', () => {
    expect(convert(raw.array([ofKind('a'), ofKind('b'), document()]), [parts])).toEqual({
      kind: 'rows',
      tables: [
        { table: 'things', rows: [['7', null]] },
        {
          table: 'parts',
          rows: [
            ['7', '0', 'a'],
            ['7', '1', 'b'],
            ['7', '2', null],
          ],
        },
      ],
      adjustments: [],
    });
  });

  it.each([undefined, raw.null(), raw.array([])])('has no rows for %j', (value) => {
    const outcome = convert(value, [parts]);
    expect(rowsOf(outcome)).toEqual([]);
    expect(rowsOf(outcome, 'things')).toEqual([['7', null]]);
  });

  it('takes its array, so that nothing of it is unmapped', () => {
    const outcome = convert(raw.array([ofKind('a')]), [parts], [], { unmapped: 'reject' });
    expect(rowsOf(outcome)).toEqual([['7', '0', 'a']]);
  });

  it('may share its array with a column and with another child table', () => {
    const all = columnOf('jsonb', { name: 'all', from: [pathSource('parts')] });
    const also = childTable('also', ['parts'], [kind]);
    const mapping = mappingOf([id, all], { children: [parts, also], unmapped: 'reject' });
    const outcome = convertFields(
      [
        ['_id', raw.int32(7)],
        ['parts', raw.array([ofKind('a')])],
      ],
      mapping,
    );
    expect(rowsOf(outcome, 'things')).toEqual([['7', '[{"kind":"a"}]']]);
    expect(rowsOf(outcome, 'also')).toEqual(rowsOf(outcome, 'parts'));
  });

  it('leaves the other fields around its array to rest', () => {
    const below = childTable('parts', ['box', 'parts'], [kind]);
    const box: RawField = ['box', document(['parts', raw.array([ofKind('a')])], ['x', raw.null()])];
    const outcome = convert(undefined, [below], [box]);
    expect(rowsOf(outcome)).toEqual([['7', '0', 'a']]);
    expect(rowsOf(outcome, 'things')).toEqual([['7', '{"box":{"x":null}}']]);
    expect(rowsOf(convert(undefined, [below], [['box', raw.array([])]]), 'things')).toEqual([
      ['7', '{"box":[]}'],
    ]);
  });

  it('is not lost to a column that has another value first', () => {
    const first = columnOf('jsonb', { name: 'first', from: [pathSource('x'), pathSource('parts')] });
    const mapping = mappingOf([id, first], { children: [parts], rest });
    const fields: RawField[] = [
      ['x', raw.int32(1)],
      ['parts', raw.array([ofKind('a')])],
    ];
    expect(rowsOf(convertFields([['_id', raw.int32(7)], ...fields], mapping), 'things')).toEqual([
      ['7', '1', null],
    ]);
  });

  it('has $runTime and lists of paths like any table', () => {
    const at = columnOf('timestamptz', { name: 'at', from: [pathSource('at'), { kind: 'run-time' }] });
    const table = childTable('parts', ['parts'], [at]);
    expect(rowsOf(convert(raw.array([document(['at', raw.date(0)]), document()]), [table]))).toEqual([
      ['7', '0', '1970-01-01 00:00:00+00'],
      ['7', '1', '2026-01-02 03:04:05.678+00'],
    ]);
  });

  it('counts positions as far as their type reaches', () => {
    const small = childTable('parts', ['parts'], []);
    const table = {
      ...small,
      columns: small.columns.map((column) =>
        column.name === 'position'
          ? { ...column, type: { name: 'smallint', array: false } as const }
          : column,
      ),
    };
    const many = raw.array(Array.from({ length: 32_769 }, () => document()));
    expect(convert(many, [table])).toEqual(rejected('value-out-of-range', 'parts.32768'));
  });
});

describe('a value that should be an array', () => {
  const values = [raw.int32(1), raw.undefined(), document(['kind', raw.string('a')])];

  it.each(values)('rejects the document: %#', (value) => {
    expect(convert(value, [childTable('parts', ['parts'], [kind])])).toEqual(
      rejected('value-mismatch', 'parts'),
    );
  });

  it('goes whole to the rest of the parent, on demand', () => {
    const table = childTable('parts', ['parts'], [kind], { mismatch: 'rest', rest });
    const outcome = convert(values[2], [table], [['x', raw.null()]]);
    expect(rowsOf(outcome)).toEqual([]);
    expect(rowsOf(outcome, 'things')).toEqual([['7', '{"parts":{"kind":"a"},"x":null}']]);
    expect(adjustmentsOf(outcome)).toEqual([
      { table: 'things', column: 'rest', kind: 'mismatch-rest' },
      { table: 'things', column: 'rest', kind: 'unmapped-rest', path: 'x' },
    ]);
  });
});

describe('tables below child tables', () => {
  const parent = columnOf('integer', { name: 'parent' });
  const words = (given: Parameters<typeof childTable>[3] = {}): TableMapping =>
    childTable('words', ['words'], [item('text')], { parent: 'parts', of: parent, ...given });
  const letters = childTable('letters', ['l'], [item('text')], { parent: 'words', of: parent });

  it('go three levels down, in the order of the arrays', () => {
    const wordRows = childTable('words', ['words'], [kind], { parent: 'parts', of: parent });
    const word = (text: string, ...inner: string[]): RawValue =>
      ofKind(text, ['l', raw.array(inner.map((letter) => raw.string(letter)))]);
    const parts = raw.array([
      document(['words', raw.array([word('a', 'x', 'y'), word('b')])]),
      document(),
      document(['words', raw.array([word('c', 'z')])]),
    ]);
    const outcome = convert(parts, [childTable('parts', ['parts'], []), wordRows, letters]);
    expect(rowsOf(outcome, 'words')).toEqual([
      ['7', '0', 'a'],
      ['7', '1', 'b'],
      ['7', '0', 'c'],
    ]);
    expect(rowsOf(outcome, 'letters')).toEqual([
      ['7', '0', 'x'],
      ['7', '1', 'y'],
      ['7', '0', 'z'],
    ]);
    expect(rowsOf(outcome)).toHaveLength(3);
  });

  it('hold what any column of the parent row holds', () => {
    const upper = childTable('parts', ['parts'], [{ ...kind, default: 'none' }]);
    const copy = columnOf('text', { name: 'kind', from: [{ kind: 'parent', column: 'kind' }] });
    const lower = childTable('words', ['words'], [copy], { parent: 'parts', of: parent });
    const one = document(['words', raw.array([document()])]);
    const two = document(['kind', raw.null()], ['words', raw.array([document()])]);
    expect(rowsOf(convert(raw.array([one, two]), [upper, lower]), 'words')).toEqual([
      ['7', '0', 'none'],
      ['7', '0', null],
    ]);
    const required = { ...lower, columns: lower.columns.map((column) => ({ ...column, required: true })) };
    expect(convert(raw.array([one, two]), [upper, required])).toEqual(
      rejected('value-required', 'parts.1.words.0'),
    );
  });

  it('take arrays of arrays', () => {
    const cells = childTable('cells', [], [item('integer')], { parent: 'parts', of: parent });
    const rows = childTable('parts', ['parts'], []);
    const grid = raw.array([raw.array([raw.int32(1), raw.int32(2)]), raw.null(), raw.array([raw.int32(3)])]);
    const outcome = convert(grid, [rows, cells]);
    expect(rowsOf(outcome)).toEqual([
      ['7', '0'],
      ['7', '1'],
      ['7', '2'],
    ]);
    expect(rowsOf(outcome, 'cells')).toEqual([
      ['7', '0', '1'],
      ['7', '1', '2'],
      ['7', '0', '3'],
    ]);
    expect(convert(raw.array([raw.array([raw.null(), raw.boolean(true)])]), [rows, cells])).toEqual(
      rejected('value-mismatch', 'parts.0.1'),
    );
  });

  it('put an element that should have been an array into the rest of its row', () => {
    const rows = childTable('parts', ['parts'], [], { rest, mismatch: 'rest' });
    const cells = childTable('cells', [], [item('integer')], { parent: 'parts', of: parent });
    const grid = raw.array([ofKind('a', ['_id', raw.null()]), raw.int32(1)]);
    expect(convert(grid, [rows, cells])).toEqual(rejected('value-mismatch', 'parts.0'));
    const keeping = childTable('cells', [], [item('integer')], {
      parent: 'parts',
      of: parent,
      mismatch: 'rest',
      rest,
    });
    const outcome = convert(grid, [rows, keeping]);
    expect(rowsOf(outcome)).toEqual([
      ['7', '0', '{"kind":"a","_id":null}'],
      ['7', '1', '{"$numberInt":"1"}'],
    ]);
    expect(rowsOf(outcome, 'cells')).toEqual([]);
    expect(adjustmentsOf(outcome)).toEqual([{ table: 'parts', column: 'rest', kind: 'mismatch-rest' }]);
  });

  it('decide together with the tables above which problem comes first', () => {
    const number = columnOf('integer', { name: 'n', from: [pathSource('n')] });
    const parts = childTable('parts', ['parts'], [number], { unmapped: 'reject' });
    const other = childTable('other', ['other'], [number]);
    const bad = raw.string('x');
    const nested = words();
    const first = (...fields: readonly [string, RawValue][]): string => {
      const mapping = mappingOf([id, number], {
        children: [parts, nested, other],
        unmapped: 'reject',
      });
      const outcome = convertFields([['_id', raw.int32(7)], ...fields], mapping);
      return outcome.kind === 'rejected' ? outcome.path : 'loaded';
    };
    const badWord = document(['words', raw.array([raw.int32(1)])]);
    const badPart = document(['n', bad]);
    const badParts: [string, RawValue] = ['parts', raw.array([badWord, badPart])];
    const badOther: [string, RawValue] = ['other', raw.array([badPart])];
    expect(first(badOther, ['unknown', bad], badParts, ['n', bad], ['n', bad])).toBe('n');
    expect(first(badOther, ['unknown', bad], badParts, ['n', bad])).toBe('n');
    expect(first(['other', bad], ['unknown', bad], ['parts', bad])).toBe('parts');
    expect(first(['other', bad], ['unknown', bad], badParts)).toBe('other');
    expect(first(badOther, ['unknown', bad], badParts)).toBe('unknown');
    expect(first(badOther, badParts)).toBe('parts.0.words.0');
    expect(first(badOther, ['parts', raw.array([badPart])])).toBe('parts.0.n');
    expect(first(badOther)).toBe('other.0.n');
    const inElement = (...fields: RawField[]): string => first(['parts', raw.array([document(...fields)])]);
    expect(inElement(['u', bad], ['words', bad], ['n', bad], ['u', bad])).toBe('parts.0.u');
    expect(inElement(['u', bad], ['words', bad], ['n', bad])).toBe('parts.0.n');
    expect(inElement(['u', bad], ['words', bad])).toBe('parts.0.words');
    expect(inElement(['u', bad], ['words', raw.array([raw.int32(1)])])).toBe('parts.0.u');
  });
});
