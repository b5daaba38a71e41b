import { describe, expect, it } from 'vitest';
import type { ColumnMapping, TableMapping } from '../../../src/mapping/mapping.ts';
import type { Transform } from '../../../src/mapping/transform.ts';
import {
  childTable,
  columnOf,
  convertFields,
  mappingOf,
  pathSource,
} from '../../support/plain-conversion.ts';
import { type RawValue, raw } from '../../support/raw-bson.ts';
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

describe('values of an element', () => {
  const table = (column: ColumnMapping, given: Parameters<typeof childTable>[3] = {}): TableMapping =>
    childTable('parts', ['parts'], [column], given);
  const n = columnOf('integer', { name: 'n', from: [pathSource('n')] });
  const withN = (value: RawValue): RawValue => raw.array([document(), document(['n', value])]);

  it('reject the document with their path', () => {
    expect(convert(withN(raw.string('x')), [table(n)])).toEqual(rejected('value-mismatch', 'parts.1.n'));
    expect(convert(withN(raw.string('x')), [table({ ...n, required: true })])).toEqual(
      rejected('value-required', 'parts.0.n'),
    );
    expect(convert(withN(raw.int32(3)), [table({ ...n, check: [1] })])).toEqual(
      rejected('value-check-failed', 'parts.1.n'),
    );
  });

  it('have defaults', () => {
    expect(rowsOf(convert(withN(raw.null()), [table({ ...n, default: 5 })]))).toEqual([
      ['7', '0', '5'],
      ['7', '1', null],
    ]);
  });

  it('go to the rest of the child table, counted once', () => {
    const two = raw.array([
      document(['n', raw.string('x')], ['y', raw.null()]),
      document(['n', raw.boolean(true)], ['y', raw.int32(1)]),
    ]);
    const outcome = convert(two, [table({ ...n, mismatch: 'rest' }, { rest })]);
    expect(rowsOf(outcome)).toEqual([
      ['7', '0', null, '{"n":"x","y":null}'],
      ['7', '1', null, '{"n":true,"y":{"$numberInt":"1"}}'],
    ]);
    expect(rowsOf(outcome, 'things')).toEqual([['7', null]]);
    expect(adjustmentsOf(outcome)).toEqual([
      { table: 'parts', column: 'n', kind: 'mismatch-rest' },
      { table: 'parts', column: 'rest', kind: 'unmapped-rest', path: 'y' },
    ]);
  });

  it('include an _id, which is a field like any other', () => {
    const element = raw.array([document(['_id', raw.null()])]);
    expect(rowsOf(convert(element, [table(n, { rest })]))).toEqual([['7', '0', null, '{"_id":null}']]);
    expect(convert(element, [table(n, { unmapped: 'reject' })])).toEqual(
      rejected('document-unmapped-field', 'parts.0._id'),
    );
    const losing = columnOf('integer', { from: [pathSource('n'), pathSource('_id')] });
    expect(
      convert(raw.array([document(['n', raw.int32(1)], ['_id', raw.int32(2)])]), [
        table(losing, { unmapped: 'reject' }),
      ]),
    ).toEqual(rejected('document-unmapped-field', 'parts.0._id'));
    const key = columnOf('text', { name: 'id', from: [pathSource('_id')], convert: 'ejson', required: true });
    expect(convert(element, [table(key)])).toEqual(rejected('value-required', 'parts.0._id'));
  });

  it('with a key twice reject the document, unless the last one counts', () => {
    const twice = raw.array([document(['n', raw.int32(1)], ['n', raw.int32(2)])]);
    expect(convert(twice, [table(n)])).toEqual(rejected('document-duplicate-key', 'parts.0.n'));
    expect(rowsOf(convert(twice, [table(n)], [], { duplicates: 'last' }))).toEqual([['7', '0', '2']]);
    const walked = raw.array([document(['a', document(['x', raw.null()], ['x', raw.null()])])]);
    expect(convert(walked, [table({ ...n, from: [pathSource('a', 'b')] })])).toEqual(
      rejected('document-duplicate-key', 'parts.0.a.x'),
    );
    expect(convert(raw.array([document(['a', raw.document([])])]), [table(n, { rest })]).kind).toBe('rows');
  });

  it('that jsonb cannot hold reject the document with their path', () => {
    const bad = document(['x', raw.array([raw.string(Buffer.from([0xff]))])]);
    expect(convert(raw.array([bad]), [table(n, { rest })])).toEqual(
      rejected('value-invalid-utf8', 'parts.0.x.0'),
    );
    const json = columnOf('jsonb', { name: 'x', from: [pathSource('x')] });
    expect(convert(raw.array([document(['x', raw.string('\0')])]), [table(json)])).toEqual(
      rejected('value-nul-character', 'parts.0.x'),
    );
  });

  it('come to a transform with their element as the document', () => {
    const seen: unknown[] = [];
    const note: Transform = (value, reader) => {
      seen.push([value, reader.get('kind'), reader.has('_id')]);
      return 1;
    };
    const column = { ...n, transform: 'f' };
    const mapping = mappingOf([id], { rest, children: [table(column, { mismatch: 'rest', rest })] });
    convertFields(
      [
        ['_id', raw.int32(7)],
        ['parts', raw.array([ofKind('a', ['n', raw.int32(2)]), raw.int32(3)])],
      ],
      mapping,
      new Map([['f', note]]),
    );
    expect(seen).toEqual([
      [2, 'a', false],
      [undefined, undefined, false],
    ]);
  });
});

describe('an element that is no document', () => {
  const values: readonly RawValue[] = [raw.int32(1), raw.null(), raw.undefined(), raw.array([])];

  it.each(values)('rejects the document: %#', (value) => {
    expect(convert(raw.array([document(), value]), [childTable('parts', ['parts'], [kind])])).toEqual(
      rejected('value-mismatch', 'parts.1'),
    );
  });

  it('goes to rest as it is, on demand, beside the row of an empty document', () => {
    const table = childTable('parts', ['parts'], [{ ...kind, default: 'none' }], { mismatch: 'rest', rest });
    const outcome = convert(raw.array([...values, raw.string('\0')]), [table]);
    expect(rowsOf(outcome)).toEqual([
      ['7', '0', 'none', '{"$numberInt":"1"}'],
      ['7', '1', 'none', 'null'],
      ['7', '2', 'none', '{"$undefined":true}'],
      ['7', '3', 'none', '[]'],
      ['7', '4', 'none', '{"$docrowNul":"\\\\0"}'],
    ]);
    expect(adjustmentsOf(outcome)).toEqual([{ table: 'parts', column: 'rest', kind: 'mismatch-rest' }]);
  });

  it('has no value for a required column', () => {
    const table = childTable('parts', ['parts'], [{ ...kind, required: true }], { mismatch: 'rest', rest });
    expect(convert(raw.array([raw.int32(1)]), [table])).toEqual(rejected('value-required', 'parts.0.kind'));
  });

  it('is taken whole by a column', () => {
    const table = childTable('parts', ['parts'], [item('jsonb'), kind], { unmapped: 'reject' });
    expect(rowsOf(convert(raw.array([...values, ofKind('a', ['x', raw.int32(1)])]), [table]))).toEqual([
      ['7', '0', '1', null],
      ['7', '1', null, null],
      ['7', '2', '{"$undefined":true}', null],
      ['7', '3', '[]', null],
      ['7', '4', '{"kind":"a","x":1}', 'a'],
    ]);
  });

  it('taken whole loses nothing to a column that has another value first', () => {
    const first = columnOf('text', { name: 'first', from: [pathSource('kind'), pathSource('other')] });
    const table = childTable('parts', ['parts'], [item('jsonb'), first], { rest });
    expect(rowsOf(convert(raw.array([ofKind('a', ['other', raw.string('b')])]), [table]))).toEqual([
      ['7', '0', '{"kind":"a","other":"b"}', 'a', null],
    ]);
  });

  it('that the column cannot hold is rejected at its position, or kept whole', () => {
    const elements = raw.array([raw.string('a'), ofKind('b', ['_id', raw.null()])]);
    expect(convert(elements, [childTable('parts', ['parts'], [item('text')])])).toEqual(
      rejected('value-mismatch', 'parts.1'),
    );
    const keeping = childTable('parts', ['parts'], [item('text', { mismatch: 'rest' })], { rest });
    const outcome = convert(elements, [keeping]);
    expect(rowsOf(outcome)).toEqual([
      ['7', '0', 'a', null],
      ['7', '1', null, '{"kind":"b","_id":null}'],
    ]);
    expect(adjustmentsOf(outcome)).toEqual([{ table: 'parts', column: 'item', kind: 'mismatch-rest' }]);
  });

  it('comes to a transform as the value, with an empty document', () => {
    const column = item('integer', { transform: 'f' });
    const double: Transform = (value, reader) => (reader.has('x') ? -1 : Number(value) * 2);
    const mapping = mappingOf([id], { children: [childTable('parts', ['parts'], [column])] });
    const outcome = convertFields(
      [
        ['_id', raw.int32(7)],
        ['parts', raw.array([raw.int32(4), document(['x', raw.null()])])],
      ],
      mapping,
      new Map([['f', double]]),
    );
    expect(rowsOf(outcome)).toEqual([
      ['7', '0', '8'],
      ['7', '1', '-1'],
    ]);
  });
});
