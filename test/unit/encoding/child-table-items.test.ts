import { describe, expect, it } from 'vitest';
import type { ColumnMapping } from '../../../src/mapping/mapping.ts';
import {
  bothOutcomes,
  fieldColumn,
  idColumn,
  itemColumn,
  listTable,
  rowsByTable,
  withChildren,
} from '../../support/child-table-outcomes.ts';
import { childTable, columnOf, mappingOf, pathSource } from '../../support/plain-conversion.ts';
import { type RawField, type RawValue, raw } from '../../support/raw-bson.ts';

const rest = { name: 'rest' };
const rejected = (code: string, path: string) => ({ kind: 'rejected', code, path });
const one = raw.int32(1);
const text = raw.string('x');
const document = (...fields: RawField[]): RawValue => raw.document(fields);

describe('$item', () => {
  it('is the element, whatever its type', () => {
    const mapping = withChildren([listTable([itemColumn('jsonb')], { unmapped: 'reject' })]);
    const list = raw.array([text, raw.null(), document(['q', one]), raw.array([one]), raw.boolean(true)]);
    expect(rowsByTable(bothOutcomes([['list', list]], mapping))).toMatchObject({
      list: [
        ['7', '0', '"x"'],
        ['7', '1', null],
        ['7', '2', '{"q":1}'],
        ['7', '3', '[1]'],
        ['7', '4', 'true'],
      ],
    });
  });

  it('follows the policies of its column', () => {
    const list: RawField = ['list', raw.array([one, text, document(['q', one])])];
    expect(bothOutcomes([list], withChildren([listTable([itemColumn('integer')])]))).toEqual(
      rejected('value-mismatch', 'list.1'),
    );
    expect(
      bothOutcomes([list], withChildren([listTable([itemColumn('text', { convert: 'text' })])])),
    ).toEqual(rejected('value-convert-failed', 'list.2'));
    const keep = withChildren([listTable([itemColumn('integer', { mismatch: 'rest' })], { rest })]);
    expect(bothOutcomes([list], keep)).toMatchObject({
      tables: [
        {},
        {
          rows: [
            ['7', '0', '1', null],
            ['7', '1', null, '"x"'],
            ['7', '2', null, '{"q":{"$numberInt":"1"}}'],
          ],
        },
      ],
      adjustments: [{ table: 'list', column: 'whole', kind: 'mismatch-rest' }],
    });
    const required = withChildren([listTable([itemColumn('text', { required: true })])]);
    expect(bothOutcomes([['list', raw.array([text, raw.null()])]], required)).toEqual(
      rejected('value-required', 'list.1'),
    );
  });

  it('stands beside paths into the element, of which nothing is unmapped', () => {
    const columns = [itemColumn('jsonb'), fieldColumn('a', 'integer', { mismatch: 'rest' })];
    const mapping = withChildren([listTable(columns, { rest })]);
    const list = raw.array([document(['a', text], ['b', one]), text]);
    expect(bothOutcomes([['list', list]], mapping)).toMatchObject({
      tables: [
        {},
        {
          rows: [
            ['7', '0', '{"a":"x","b":1}', null, '{"a":"x"}'],
            ['7', '1', '"x"', null, null],
          ],
        },
      ],
      adjustments: [{ column: 'a', kind: 'mismatch-rest' }],
    });
  });
});

describe('child tables of child tables', () => {
  const level = (
    name: string,
    parent: string,
    path: string[],
    of: ColumnMapping,
    more: ColumnMapping[] = [],
  ) => childTable(name, path, more, { parent, of });
  const copy = (name: string, type: string, from: string): ColumnMapping =>
    columnOf(type, { name, from: [{ kind: 'parent', column: from }] });
  const parentKey = columnOf('integer', { name: 'parent' });

  it('come after their parents, and `^` leads through all levels, NULL included', () => {
    const title = columnOf('text', { name: 'title', from: [pathSource('title')] });
    const mapping = mappingOf([idColumn, title], {
      children: [
        level('a', 'things', ['a'], idColumn, [copy('title', 'text', 'title')]),
        level('b', 'a', ['b'], parentKey, [
          copy('title', 'text', 'title'),
          copy('up', 'integer', 'position'),
        ]),
        level('c', 'b', ['c'], parentKey, [copy('title', 'text', 'title'), copy('up', 'integer', 'up')]),
      ],
    });
    const c = (count: number): RawField => ['c', raw.array(Array(count).fill(document()))];
    const b = (...counts: number[]): RawField => ['b', raw.array(counts.map((count) => document(c(count))))];
    const a: RawField = ['a', raw.array([document(b(1, 2)), document(), document(b(0, 1))])];
    for (const [value, expected] of [
      [raw.string('t'.repeat(100)), 't'.repeat(100)],
      [raw.string('tit'), 'tit'],
      [raw.null(), null],
    ] as const) {
      expect(rowsByTable(bothOutcomes([['title', value], a], mapping))).toEqual({
        things: [['7', expected]],
        a: ['0', '1', '2'].map((position) => ['7', position, expected]),
        b: [
          ['7', '0', expected, '0'],
          ['7', '1', expected, '0'],
          ['7', '0', expected, '2'],
          ['7', '1', expected, '2'],
        ],
        c: [
          ['7', '0', expected, '0'],
          ['7', '0', expected, '0'],
          ['7', '1', expected, '0'],
          ['7', '0', expected, '2'],
        ],
      });
    }
  });

  it('take arrays of arrays', () => {
    const mapping = (mismatch: 'reject' | 'rest') =>
      withChildren(
        [
          childTable('rows', ['list'], [], { of: idColumn, rest, mismatch }),
          childTable('cells', [], [itemColumn('integer')], { parent: 'rows', of: parentKey, rest, mismatch }),
        ],
        { rest },
      );
    const list = raw.array([raw.array([one, raw.int32(2)]), raw.null(), raw.array([])]);
    expect(rowsByTable(bothOutcomes([['list', list]], mapping('reject')))).toEqual({
      things: [['7', null]],
      rows: ['0', '1', '2'].map((position) => ['7', position, null]),
      cells: [
        ['7', '0', '1', null],
        ['7', '1', '2', null],
      ],
    });
    const mixed: RawField = ['list', raw.array([raw.array([one]), text, document(['q', one])])];
    expect(bothOutcomes([mixed], mapping('reject'))).toEqual(rejected('value-mismatch', 'list.1'));
    expect(bothOutcomes([['list', raw.array([raw.array([one, text])])]], mapping('reject'))).toEqual(
      rejected('value-mismatch', 'list.0.1'),
    );
    expect(rowsByTable(bothOutcomes([mixed], mapping('rest')))).toMatchObject({
      rows: [
        ['7', '0', null],
        ['7', '1', '"x"'],
        ['7', '2', '{"q":{"$numberInt":"1"}}'],
      ],
      cells: [['7', '0', '1', null]],
    });
  });

  it('copy NULL only into columns that are not required', () => {
    const of = columnOf('integer', { name: 'c', from: [pathSource('c')] });
    const mapping = mappingOf([of], { children: [childTable('list', ['list'], [], { of })] });
    expect(bothOutcomes([['list', raw.array([document()])]], mapping)).toEqual(
      rejected('value-required', 'list.0'),
    );
    expect(bothOutcomes([['list', raw.array([])]], mapping).kind).toBe('rows');
  });
});
