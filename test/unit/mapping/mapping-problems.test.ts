import { describe, expect, it } from 'vitest';
import { problemsOf } from './problems-of.ts';
import { mappingOf } from './project-folder.ts';

const idLine = 'id: { from: _id, type: text, convert: ejson }';
const columnLine = 7;

/** Problems of a mapping with an id and one more column, which stands in line 7 from character 7 on. */
const problemsOfColumn = (column: string, more = ''): Promise<readonly string[]> =>
  problemsOf({ 'mappings/a.yaml': mappingOf('a', [idLine, column], more) });

describe('problems of a column', () => {
  it.each([
    ['x: { from: x, type: uuidd }', 'There is no type "uuidd"; did you mean "uuid"?'],
    ['x: { from: x }', '"type" is missing'],
    ['x: { type: text }', '"from" is missing'],
    ['x: { from: [], type: text }', '"from" cannot be empty'],
    ['x: { from: 5, type: text }', '"from" must be a path or a list of paths'],
    ['x: text', '"x" must be a mapping with keys'],
    ['x: { from: a..b, type: text }', 'has an empty key'],
    ['x: { from: $idTme, type: text }', 'did you mean "$idTime"?'],
    ['x: { from: $foo, type: text }', 'is written in quotes'],
    ['x: { from: ^id, type: text }', '"^id" is for child tables, which have "each"'],
    ['x: { from: $index, type: integer }', '"$index" is for child tables, which have "each"'],
    ['x: { from: [y, $item], type: text }', '"$item" is for child tables, which have "each"'],
    ['x: { from: ^, type: text }', 'must be followed by the name of a column'],
    ['x: { from: [$runTime, y], type: timestamptz }', '"y" is never used'],
    ['x: { from: $idTime, type: text }', 'use timestamptz'],
    ['x: { from: x, type: text, uniqe: true }', 'Unknown key "uniqe"; did you mean "unique"?'],
    ['x: { from: x, type: text, unique: yes }', '"unique" must be true or false'],
    [
      'x: { from: x, type: text, mismatch: reste }',
      '"mismatch" must be reject, null or rest; did you mean "rest"?',
    ],
    ['x: { from: x, type: text, mismatch: }', '"mismatch" has no value; write null if that is meant'],
    ['x: { from: x, type: text, convert: uuid5 }', 'did you mean "uuidv5"?'],
    ['x: { from: x, type: integer, convert: hex }', '"convert: hex" gives text or varchar, not integer'],
    ['x: { from: x, type: "text[]", convert: hex }', 'does not reach into arrays'],
    ['x: { from: x, type: text, json: canonical }', '"json" has no meaning for the type text'],
    ['x: { from: x, type: integer, nul: strip }', '"nul" has no meaning for the type integer'],
    ['x: { from: x, type: jsonb, mismatch: null }', '"mismatch" has no meaning for the type jsonb'],
    ['x: { from: x, type: integer, mismatch: rest }', '"mismatch: rest" needs a "rest" column'],
    ['x: { from: x, type: text, nul: rest }', '"nul: rest" needs a "rest" column'],
    ['x: { from: x, type: text, nullDefault: true }', '"nullDefault" needs a "default"'],
    ['x: { from: x, type: integer, default: x }', 'The default must be a whole number'],
    ['x: { from: x, type: text, required: true, default: null }', 'cannot be null by default'],
    ['x: { from: x, type: text, check: [a], default: b }', 'not among the values of "check"'],
    ['x: { from: x, type: text, check: [1] }', 'Value 1 of "check" must be a text'],
    ['x: { from: x, type: text, check: [a, a] }', 'Value 2 of "check" is there twice'],
    ['x: { from: x, type: bigint, check: [9007199254740993] }', 'a number up to 2^53'],
    ['x: { from: x, type: jsonb, check: [a] }', '"check" has no meaning'],
    ['x: { from: x, type: json, unique: true }', 'PostgreSQL cannot compare json'],
    ['x: { from: x, type: text, references: a }', 'must be written as table.column'],
    ['x: { from: x, type: text, references: b.id }', 'There is no table "b"; did you mean "a"?'],
    ['x: { from: x, type: text, references: a.di }', 'Table "a" has no column "di"; did you mean "id"?'],
    ['x: { from: x, type: uuid, references: a.id }', '"x" is uuid, but "a.id" is text'],
    ['x: { from: x, type: text, references: a.x }', '"a.x" must be the whole key of its table, or unique'],
    ['x: { from: x, type: text, orphans: allow }', '"orphans" needs "references"'],
    [
      'x: { from: x, type: text, required: true, references: a.id, orphans: null }',
      'contradicts a required column',
    ],
    ['x: { from: x, type: text, name: y }', 'no constraint that "name" could name'],
    ['x: { from: x, type: text, name: y, unique: true, check: [a] }', '"name" is ambiguous'],
    ['x: { from: x, type: text, transform: foo }', 'The transform file transforms/a.ts does not exist'],
    ['ID: { from: x, type: text }', '"ID" and "id" are one name without quotes in SQL'],
    ['xmin: { from: x, type: text }', '"xmin" is a system column of PostgreSQL'],
    ['__proto__: { from: x, type: text }', 'reserved'],
  ])('%s', async (column, words) => {
    const problems = await problemsOfColumn(column);
    expect(problems).toEqual([expect.stringContaining(words)]);
    expect(problems[0]).toMatch(new RegExp(`^mappings/a\\.yaml:${columnLine}:\\d+: `));
  });

  it('puts a problem at the value, or at the key where the value is not to blame', async () => {
    expect((await problemsOfColumn('x: { from: x, type: uuidd }'))[0]).toContain(':7:27: ');
    expect((await problemsOfColumn('x: { from: x, type: text, uniqe: true }'))[0]).toContain(':7:33: ');
    expect((await problemsOfColumn('x: { from: x }'))[0]).toContain(':7:7: ');
  });
});

describe('problems of a table', () => {
  it.each([
    ['    rest: ID\n', 'The rest column has the name of the column "id"'],
    ['    rest: xmax\n', 'system column'],
    ['    rest: { colum: extra }\n', 'Unknown key "colum"; did you mean "column"?'],
    ['    rest: { column: extra, type: json }\n', '"type" must be jsonb'],
    ['    rest: extra\n    unmapped: ignore\n', '"unmapped" has no meaning beside "rest"'],
    ['    unmapped: ignored\n', 'did you mean "ignore"?'],
    ['    indexes: [{ columns: [y] }]\n', 'Table "a" has no column "y"'],
    ['    indexes: [{ columns: [x, x] }]\n', '"x" is in the index twice'],
    ['    indexes: [{ columns: [x], method: gin }]\n', 'A gin index takes jsonb and arrays'],
    ['    indexes: [{ columns: [x, id], method: hash }]\n', 'A hash index takes one column'],
    ['    indexes: [{ columns: [x], method: hash, unique: true }]\n', 'Only a btree index can be unique'],
    ['    indexes: [{ columns: [x] }, { columns: [x], where: x > 1 }]\n', 'would both be called "a_x_idx"'],
    ['    indexes: [{ columns: [x], name: a_pkey }]\n', 'would both be called "a_pkey"'],
    ['    each: y\n', 'A collection needs a root table, one without "each"'],
    ['    parent: b\n', '"parent" needs "each"'],
    [
      '  b:\n    key: [id]\n    columns: { id: { from: x, type: text } }\n',
      'one root table, and that is "a"',
    ],
    ['    mismatch: rest\n', '"mismatch: rest" needs a "rest" column in the table'],
    ['    mismatch: rset\n', '"mismatch" must be reject or rest; did you mean "rest"?'],
    ['duplicates: first\n', '"duplicates" must be reject or last'],
    ['onReject: delete\n', '"onReject" must be remove or keep'],
    ['foreignWrites: allow\n', '"foreignWrites" must be report or refuse'],
    ['were: {}\n', 'Unknown key "were"; did you mean "where"?'],
    ['where: 5\n', '"where" must be a mapping with keys'],
  ])('%s', async (more, words) => {
    const problems = await problemsOfColumn('x: { from: x, type: integer }', more);
    expect(problems.join('\n')).toContain(words);
  });

  it.each([
    ['[idd]', 'Table "a" has no column "idd"; did you mean "id"?'],
    ['[id, id]', '"id" is in the key twice'],
    ['[]', '"key" cannot be empty'],
    ['[id, extra]', 'The rest column cannot be part of the key'],
  ])('key: %s', async (key, words) => {
    const mapping = mappingOf('a', [idLine], '    rest: extra\n').replace('key: [id]', `key: ${key}`);
    expect(await problemsOf({ 'mappings/a.yaml': mapping })).toEqual([expect.stringContaining(words)]);
  });
});

describe('problems of files', () => {
  it('come all at once, over all files, in the order of the text', async () => {
    const problems = await problemsOf({
      'mappings/a.yaml': mappingOf('a', [
        idLine,
        'x: { from: x, type: uuidd, uniqe: true }',
        'y: { from: y }',
      ]),
      'mappings/b.yaml': mappingOf('b', [idLine, 'x: { from: x, type: text, references: a.idd }']).replace(
        'colle',
        'cole',
      ),
    });
    expect(problems).toEqual([
      'mappings/a.yaml:7:27: There is no type "uuidd"; did you mean "uuid"?',
      'mappings/a.yaml:7:34: Unknown key "uniqe"; did you mean "unique"?',
      'mappings/a.yaml:8:7: "type" is missing',
      'mappings/b.yaml:1:1: "collection" is missing',
      'mappings/b.yaml:1:1: Unknown key "colection"; did you mean "collection"?',
      'mappings/b.yaml:7:45: Table "a" has no column "idd"; did you mean "id"?',
    ]);
  });

  it('stay silent about what refers to something that could not be read', async () => {
    const problems = await problemsOf({
      'mappings/a.yaml': mappingOf('a', ['id: { from: _id, type: textt }']),
      'mappings/b.yaml': mappingOf('b', [idLine, 'x: { from: x, type: text, references: a.id }']),
    });
    expect(problems).toEqual([expect.stringContaining('"textt"')]);
  });

  it('are a collection, a table or a key that is there twice', async () => {
    const one = mappingOf('a', [idLine]);
    const problems = await problemsOf({
      'mappings/a.yaml': one,
      'mappings/b.yaml': `${one}duplicates: last\nduplicates: last\n`,
      'mappings/c.yaml': one.replace('collection: a', 'collection: c').replace('  a:', '  A:'),
    });
    expect(problems).toEqual([
      'mappings/b.yaml:1:13: "a" has a mapping already, in mappings/a.yaml',
      'mappings/b.yaml:3:3: The table "a" is there already, in mappings/a.yaml',
      'mappings/b.yaml:8:1: This key is there twice',
      'mappings/c.yaml:3:3: The table "A" is there already, in mappings/a.yaml',
    ]);
  });

  it.each([
    ['', 'The file must be a mapping with keys'],
    ['- a\n', 'The file must be a mapping with keys'],
    ['collection: a\n', '"tables" is missing'],
    ['collection: a\ntables: {}\n', 'A collection needs a table'],
    ['collection: [\n', 'YAML: '],
    ['a: 1\n---\nb: 2\n', 'YAML: '],
    ['a: !!js/function x\n', 'YAML: '],
    ['a: &a [*a]\n', 'alias'],
  ])('%j', async (text, words) => {
    const problems = await problemsOf({ 'mappings/a.yaml': text });
    expect(problems.join('\n')).toContain(words);
  });

  it('are one for a syntax error, without its consequences', async () => {
    const problems = await problemsOfColumn('x: { from: x, type: integer[][] }');
    expect(problems).toHaveLength(1);
  });
});
