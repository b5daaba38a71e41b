import { describe, expect, it } from 'vitest';
import type { Transform } from '../../../src/mapping/transform.ts';
import {
  bothOutcomes,
  fieldColumn,
  idColumn,
  listTable,
  rowsByTable,
  withChildren,
} from '../../support/child-table-outcomes.ts';
import { encoderOf, memoryOf } from '../../support/fast-encoder.ts';
import { childTable, columnOf, mappingOf } from '../../support/plain-conversion.ts';
import { type RawField, type RawValue, raw, rawDocument } from '../../support/raw-bson.ts';

const rest = { name: 'rest' };
const rejected = (code: string, path: string) => ({ kind: 'rejected', code, path });
const one = raw.int32(1);
const text = raw.string('x');
const document = (...fields: RawField[]): RawValue => raw.document(fields);

describe('a child table', () => {
  const mapping = withChildren([listTable([fieldColumn('a', 'text')])]);

  it('has a row per element, with the key of the parent and the position', () => {
    const list = raw.array([document(['a', text]), document(), document(['b', one], ['a', raw.null()])]);
    expect(rowsByTable(bothOutcomes([['list', list]], mapping))).toEqual({
      things: [['7']],
      list: [
        ['7', '0', 'x'],
        ['7', '1', null],
        ['7', '2', null],
      ],
    });
  });

  it('has none where the array is missing, null or empty', () => {
    for (const fields of [[], [['list', raw.null()]], [['list', raw.array([])]]] as RawField[][]) {
      expect(rowsByTable(bothOutcomes(fields, mapping))).toEqual({ things: [['7']], list: [] });
    }
  });

  it('takes its array: it is neither unmapped nor in rest', () => {
    const list: RawField = ['sub', document(['list', raw.array([document(['a', text])])])];
    const child = childTable('list', ['sub', 'list'], [fieldColumn('a', 'text')], { of: idColumn });
    expect(bothOutcomes([list], withChildren([child], { unmapped: 'reject' })).kind).toBe('rows');
    expect(rowsByTable(bothOutcomes([list], withChildren([child], { rest })))).toMatchObject({
      things: [['7', null]],
    });
  });

  it('counts `_id` and what else it does not take as unmapped, element by element', () => {
    const list = raw.array([document(['_id', one], ['a', text]), document(['q', document(['r', one])])]);
    const reject = listTable([fieldColumn('a', 'text')], { unmapped: 'reject' });
    expect(bothOutcomes([['list', list]], withChildren([reject]))).toEqual(
      rejected('document-unmapped-field', 'list.0._id'),
    );
    const keep = withChildren([listTable([fieldColumn('a', 'text')], { rest })]);
    expect(bothOutcomes([['list', list]], keep)).toMatchObject({
      tables: [
        {},
        {
          rows: [
            ['7', '0', 'x', '{"_id":{"$numberInt":"1"}}'],
            ['7', '1', null, '{"q":{"r":{"$numberInt":"1"}}}'],
          ],
        },
      ],
      adjustments: [
        { table: 'list', column: 'rest', kind: 'unmapped-rest', path: '_id' },
        { table: 'list', column: 'rest', kind: 'unmapped-rest', path: 'q' },
      ],
    });
  });

  it('may share its array with a column and with another child table', () => {
    const shared = mappingOf([idColumn, fieldColumn('list', 'jsonb')], {
      children: [
        listTable([fieldColumn('a', 'text')]),
        childTable('again', ['list'], [fieldColumn('b', 'integer')], { of: idColumn }),
      ],
    });
    const list = raw.array([document(['a', text], ['b', one])]);
    expect(rowsByTable(bothOutcomes([['list', list]], shared))).toEqual({
      things: [['7', '[{"a":"x","b":1}]']],
      list: [['7', '0', 'x']],
      again: [['7', '0', '1']],
    });
  });

  it('has a position that its type can hold', () => {
    const small = withChildren([
      childTable('list', ['list'], [columnOf('smallint', { name: 'n', from: [{ kind: 'index' }] })], {
        of: idColumn,
      }),
    ]);
    const encoder = encoderOf(small);
    const encode = (count: number): unknown => {
      const list = raw.array(Array(count).fill(document()));
      encoder.encode(
        memoryOf(
          rawDocument([
            ['_id', one],
            ['list', list],
          ]),
        ),
        0,
      );
      return encoder.rejection;
    };
    expect(encode(32_768)).toBeUndefined();
    expect(encode(32_769)).toMatchObject({ code: 'value-out-of-range', path: 'list.32768' });
  });
});

describe('what is no array', () => {
  it.each([one, text, document(['a', one]), raw.undefined(), raw.minKey()])(
    'sets the document aside, or stays in the rest column of the parent %#',
    (value) => {
      const strict = withChildren([listTable([fieldColumn('a', 'text')])], { rest });
      expect(bothOutcomes([['list', value]], strict)).toEqual(rejected('value-mismatch', 'list'));
      const child = listTable([fieldColumn('a', 'text')], { rest, mismatch: 'rest' });
      const outcome = bothOutcomes([['list', value]], withChildren([child], { rest }));
      expect(outcome).toMatchObject({
        tables: [{ rows: [['7', expect.stringMatching(/^\{"list":.+\}$/)]] }, { rows: [] }],
        adjustments: [{ table: 'things', column: 'rest', kind: 'mismatch-rest' }],
      });
    },
  );

  it('below a sub-document keeps its path', () => {
    const child = childTable('list', ['sub', 'list'], [], { of: idColumn, rest, mismatch: 'rest' });
    const fields: RawField[] = [['sub', document(['list', one], ['other', text])]];
    expect(rowsByTable(bothOutcomes(fields, withChildren([child], { rest })))).toMatchObject({
      things: [['7', '{"sub":{"list":{"$numberInt":"1"},"other":"x"}}']],
    });
  });
});

describe('an element that is no document', () => {
  const list: RawField = ['list', raw.array([document(['a', text]), one, raw.null(), raw.array([text])])];

  it('sets the document aside', () => {
    expect(bothOutcomes([list], withChildren([listTable([fieldColumn('a', 'text')])]))).toEqual(
      rejected('value-mismatch', 'list.1'),
    );
  });

  it('stays in the rest column on demand, exactly, and its row has nothing else', () => {
    const columns = [
      fieldColumn('a', 'text', { default: 'none' }),
      fieldColumn('n', 'integer', { transform: 'count' }),
    ];
    const child = listTable(columns, { rest, mismatch: 'rest' });
    const transforms = new Map<string, Transform>([
      ['count', (_value, element) => (element.has('a') ? 1 : 0)],
    ]);
    const outcome = bothOutcomes([list], withChildren([child], { rest }), transforms);
    expect(rowsByTable(outcome)).toMatchObject({
      list: [
        ['7', '0', 'x', '1', null],
        ['7', '1', 'none', '0', '{"$numberInt":"1"}'],
        ['7', '2', 'none', '0', 'null'],
        ['7', '3', 'none', '0', '["x"]'],
      ],
    });
    expect(outcome).toMatchObject({
      adjustments: [{ table: 'list', column: 'rest', kind: 'mismatch-rest' }],
    });
  });
});
