import { describe, expect, it } from 'vitest';
import { bothOutcomes, fieldColumn, idColumn, listTable } from '../../support/child-table-outcomes.ts';
import { type ComparableOutcome, encodeOutcome, encoderOf, memoryOf } from '../../support/fast-encoder.ts';
import { childTable, columnOf, mappingOf } from '../../support/plain-conversion.ts';
import { type RawField, type RawValue, raw, rawDocument } from '../../support/raw-bson.ts';

const rest = { name: 'rest' };
const rejected = (code: string, path: string) => ({ kind: 'rejected', code, path });
const one = raw.int32(1);
const text = raw.string('x');
const document = (...fields: RawField[]): RawValue => raw.document(fields);

describe('problems', () => {
  const mapping = mappingOf([idColumn, fieldColumn('n', 'integer')], {
    unmapped: 'reject',
    children: [
      listTable([fieldColumn('k', 'integer')], { unmapped: 'reject' }),
      childTable('below', ['sub', 'below'], [fieldColumn('k', 'integer')], {
        parent: 'list',
        of: columnOf('integer', { name: 'parent' }),
        unmapped: 'reject',
      }),
      childTable('later', ['later'], [fieldColumn('k', 'integer')], { of: idColumn }),
    ],
  });
  const below = (...elements: RawValue[]): RawField => ['sub', document(['below', raw.array(elements)])];
  const bad: RawField = ['k', text];
  const good: RawField = ['k', one];

  // Each document has the problems of all that follow it as well.
  it.each<[string, RawField[], string, string]>([
    [
      'a duplicate key',
      [
        ['n', text],
        ['n', text],
      ],
      'document-duplicate-key',
      'n',
    ],
    [
      'a column of the root table',
      [
        ['n', text],
        ['later', one],
      ],
      'value-mismatch',
      'n',
    ],
    [
      'what is no array, in the order of the tables',
      [
        ['later', one],
        ['list', one],
      ],
      'value-mismatch',
      'list',
    ],
    [
      'what is no array of a later table',
      [
        ['q', one],
        ['later', one],
        ['list', raw.array([text])],
      ],
      'value-mismatch',
      'later',
    ],
    [
      'an unmapped field',
      [
        ['list', raw.array([text])],
        ['q', one],
      ],
      'document-unmapped-field',
      'q',
    ],
    ['an element', [['list', raw.array([document(good), text, document(bad)])]], 'value-mismatch', 'list.1'],
    [
      'a duplicate key of an element',
      [['list', raw.array([document(bad, bad)])]],
      'document-duplicate-key',
      'list.0.k',
    ],
    [
      'a column of an element',
      [['list', raw.array([document(bad, ['sub', document(['below', one])])])]],
      'value-mismatch',
      'list.0.k',
    ],
    [
      'what is no array in an element',
      [['list', raw.array([document(['q', one], ['sub', document(['below', one])])])]],
      'value-mismatch',
      'list.0.sub.below',
    ],
    [
      'an unmapped field of an element',
      [['list', raw.array([document(['q', one], below(text))])]],
      'document-unmapped-field',
      'list.0.q',
    ],
    [
      'an element of an element',
      [['list', raw.array([document(below(text)), text])]],
      'value-mismatch',
      'list.0.sub.below.0',
    ],
    [
      'a column three levels down',
      [
        ['list', raw.array([document(), document(below(document(good), document(bad)))])],
        ['later', raw.array([text])],
      ],
      'value-mismatch',
      'list.1.sub.below.1.k',
    ],
    [
      'a later table',
      [
        ['later', raw.array([document(good), document(bad)])],
        ['list', raw.array([document(good)])],
      ],
      'value-mismatch',
      'later.1.k',
    ],
  ])('are named in their order, with their path: %s', (_name, fields, code, path) => {
    expect(bothOutcomes(fields, mapping)).toEqual(rejected(code, path));
  });
});

describe('adjustments', () => {
  it('are counted once per document, however many elements they concern', () => {
    const mapping = mappingOf([idColumn, fieldColumn('n', 'integer', { mismatch: 'null' })], {
      children: [
        listTable(
          [fieldColumn('n', 'integer', { mismatch: 'null' }), fieldColumn('t', 'text', { nul: 'strip' })],
          {
            rest,
          },
        ),
      ],
    });
    const element = document(['n', text], ['t', raw.string('a\0')], ['q', document(['r', one])]);
    const fields: RawField[] = [
      ['n', text],
      ['list', raw.array([element, element, element])],
    ];
    const adjustments = [
      { table: 'list', column: 'n', kind: 'mismatch-null' },
      { table: 'list', column: 'rest', kind: 'unmapped-rest', path: 'q' },
      { table: 'list', column: 't', kind: 'nul-stripped' },
      { table: 'things', column: 'n', kind: 'mismatch-null' },
    ];
    expect(bothOutcomes(fields, mapping)).toMatchObject({ adjustments });
  });

  it('name 200 different paths of unmapped fields, and the others together', () => {
    const mapping = mappingOf([idColumn], { rest, children: [listTable([], { rest })] });
    const encoder = encoderOf(mapping);
    const encode = (...keys: string[]): ComparableOutcome => {
      const fields = keys.map((key): RawField => [key, one]);
      const list: RawField = ['list', raw.array([raw.document(fields)])];
      return encodeOutcome(encoder, mapping, memoryOf(rawDocument([['_id', one], ...fields, list])));
    };
    const keys = Array.from({ length: 100 }, (_, index) => `k${index}`);
    expect(encode(...keys)).toMatchObject({ adjustments: { length: 200 } });
    const mark = (table: string, path: string) => ({ table, column: 'rest', kind: 'unmapped-rest', path });
    expect(encode('k5', 'x', 'y')).toMatchObject({
      adjustments: ['*', 'k5']
        .map((path) => mark('list', path))
        .concat(['*', 'k5'].map((path) => mark('things', path))),
    });
    expect(encode('k99')).toMatchObject({ adjustments: [mark('list', 'k99'), mark('things', 'k99')] });
  });
});
