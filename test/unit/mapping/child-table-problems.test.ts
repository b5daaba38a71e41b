import { describe, expect, it } from 'vitest';
import { problemsOf } from './problems-of.ts';

/** Lines 1 to 8. */
const root = `collection: a
tables:
  a:
    key: [id]
    columns:
      id: { from: _id, type: text, convert: ejson }
      n: { from: n, type: integer }
    rest: extra
`;

/** Lines 9 to 16 with one more column, which stands in line 15 from character 7 on. */
const child = (column: string): string => `${root}  b:
    each: items
    key: [a_id, position]
    columns:
      a_id: { from: ^id }
      position: { from: $index }
      ${column}
    rest: more
`;

const problemsOfFile = (text: string): Promise<readonly string[]> => problemsOf({ 'mappings/a.yaml': text });

describe('problems of a column of a child table', () => {
  it.each([
    ['x: { from: ^n, type: text }', 28, '"a.n" is integer, and so is this column; "type" can be left out'],
    ['x: { from: ^nn }', 18, 'The parent "a" has no column "nn"; did you mean "n"?'],
    ['x: { from: ^extra }', 18, 'The rest column of the parent cannot be taken'],
    ['x: { from: ^ }', 18, '"^" must be followed by the name of a column'],
    ['x: { from: [^id, y], type: text }', 19, '"^id" stands alone'],
    ['x: { from: [y, $index], type: integer }', 22, '"$index" stands alone'],
    ['x: { from: [$item, y], type: text }', 19, '"$item" stands alone'],
    ['x: { from: $indx, type: integer }', 18, 'did you mean "$index"?'],
    ['x: { from: $idTime, type: timestamptz }', 18, '$idTime is for the root table'],
    ['x: { from: y }', 7, '"type" is missing'],
    ['x: { from: $item }', 7, '"type" is missing'],
    [
      'x: { from: $index, type: text }',
      32,
      '$index is a whole number, so its type is smallint, integer or bigint, not text',
    ],
    ['x: { from: $index, type: "integer[]" }', 32, 'not integer[]'],
    ['x: { from: $index, default: 0 }', 26, '"default" has no meaning for a column from $index'],
    ['x: { from: ^id, convert: hex }', 23, '"convert" has no meaning for a column from the parent'],
    ['x: { from: ^id, mismatch: rest }', 23, '"mismatch" has no meaning'],
    ['x: { from: ^id, json: natural }', 23, '"json" has no meaning'],
    ['x: { from: ^id, nul: strip }', 23, '"nul" has no meaning'],
    ['x: { from: ^id, check: [a] }', 23, '"check" has no meaning'],
    ['x: { from: ^id, skipNull: true }', 23, '"skipNull" has no meaning'],
    ['x: { from: ^n, references: a.id }', 34, '"x" is integer, but "a.id" is text'],
    ['x: { from: ^id, references: a.id, orphans: allow }', 41, 'A child row always has its parent'],
    [
      'x: { from: y, type: text, references: b.a_id }',
      45,
      '"b.a_id" must be the whole key of its table, or unique',
    ],
    [
      'x: { from: y, type: text, references: b.x_id }',
      45,
      'Table "b" has no column "x_id"; did you mean "a_id"?',
    ],
  ])('%s', async (column, at, words) => {
    const problems = await problemsOfFile(child(column));
    expect(problems).toEqual([expect.stringContaining(words)]);
    expect(problems[0]).toContain(`mappings/a.yaml:15:${at}: `);
  });

  it('include a value of the parent that may change after the load', async () => {
    const orphans = child('x: { from: ^n }').replace(
      'type: integer }',
      'type: integer, references: a.m, orphans: null }\n      m: { from: m, type: integer, unique: true }',
    );
    expect(await problemsOfFile(orphans)).toEqual([
      expect.stringContaining('mappings/a.yaml:16:18: "a.n" may become null after the load'),
    ]);
  });
});

describe('problems of a child table', () => {
  const table = child('x: { from: x, type: integer }');
  const changed = (from: string, to: string): Promise<readonly string[]> => {
    expect(table).toContain(from);
    return problemsOfFile(table.replace(from, to));
  };

  it.each([
    ['each: items', 'each: a..b', '10:11: The path "a..b" has an empty key'],
    ['each: items', 'each: $item', '10:11: "each: $item" needs a child table as parent'],
    ['each: items', 'each: $items', '10:11: "each" is the path of an array, or $item'],
    ['each: items', 'each: ^id', '10:11: "each" is the path of an array, or $item'],
    ['each: items', 'each: [items]', '10:11: "each" must be a text'],
    [
      'each: items',
      'each: items\n    parent: c',
      '11:13: There is no table "c" in this file; did you mean "a"?',
    ],
    ['each: items', 'each: items\n    parent: b', '11:13: The parents of "b" lead back to itself'],
    ['each: items', 'eachh: items', '10:5: Unknown key "eachh"; did you mean "each"?'],
    ['each: items', 'each: items\n    mismatch: null', '11:15: "mismatch" must be reject or rest'],
    [
      'key: [a_id, position]',
      'key: [position, a_id]',
      '11:11: The key begins with the key of the parent "a": here must stand "a_id"',
    ],
    [
      'key: [a_id, position]',
      'key: [position]',
      '11:11: The key begins with the key of the parent "a": here must stand "a_id"',
    ],
    [
      'key: [a_id, position]',
      'key: [a_id]',
      "11:10: The key of a child table has more columns than the parent's",
    ],
    [
      'key: [a_id, position]',
      'key: [aid, position]',
      '11:11: Table "b" has no column "aid"; did you mean "a_id"?',
    ],
    [
      'a_id: { from: ^id }',
      'a_id: { from: ^n }',
      '11:11: The key begins with the key of the parent "a": here must stand a column with from: ^id',
    ],
    ['a_id: { from: ^id }', 'a_id: { from: id, type: text }', '11:11: The key begins with'],
    [
      '    rest: more\n',
      '    mismatch: rest\n',
      '16:15: "mismatch: rest" needs a "rest" column in the table',
    ],
    [
      '    rest: more\n',
      '    rest: more\n    unmapped: ignore\n',
      '17:5: "unmapped" has no meaning beside "rest"',
    ],
    ['  b:\n', '  A:\n', '9:3: The table "A" is there already'],
    ['{ from: $index }', '{ from: $index, references: a.n }', '14:45: "a.n" must be the whole key'],
  ])('%s → %s', async (from, to, problem) => {
    expect((await changed(from, to)).join('\n')).toContain(`mappings/a.yaml:${problem}`);
  });

  it('come all at once, without consequences', async () => {
    const problems = await problemsOfFile(`${child('x: { from: x, type: integr }')}  c:
    each: parts
    parent: bb
    key: [b_id, n]
    columns:
      b_id: { from: ^id }
      n: { from: $indx }
  d:
    each: parts
    parent: c
    key: [b_id, n, m]
    columns:
      b_id: { from: ^b_id }
      n: { from: ^n }
      m: { from: $index }
      x: { from: ^y }
`);
    expect(problems).toEqual([
      'mappings/a.yaml:15:27: There is no type "integr"; did you mean "integer"?',
      'mappings/a.yaml:19:13: There is no table "bb" in this file; did you mean "b"?',
      'mappings/a.yaml:23:18: There is no source "$indx"; did you mean "$index"?',
      'mappings/a.yaml:32:18: The parent "c" has no column "y"',
    ]);
  });

  it('are not those of a parent that could not be read', async () => {
    const problems = await problemsOfFile(table.replace('    key: [id]\n', '    key: 5\n'));
    expect(problems).toEqual(['mappings/a.yaml:4:10: "key" must be a list']);
  });

  it('are parents that go round in a circle, each once', async () => {
    const more = (name: string, parent: string): string =>
      `  ${name}:\n    each: x\n    parent: ${parent}\n    key: [i]\n    columns: { i: { from: $index } }\n`;
    const problems = await problemsOfFile(root + more('c', 'd') + more('d', 'c') + more('e', 'd'));
    expect(problems).toEqual([
      'mappings/a.yaml:11:13: The parents of "c" lead back to itself by way of "d"',
      'mappings/a.yaml:16:13: The parents of "d" lead back to itself by way of "c"',
    ]);
  });

  it('are a policy without a rest column in the parent', async () => {
    const problems = await problemsOfFile(
      table.replace('    rest: extra\n', '').replace('rest: more', 'rest: more\n    mismatch: rest'),
    );
    expect(problems).toEqual([
      'mappings/a.yaml:16:15: "mismatch: rest" needs a "rest" column in the parent "a" too',
    ]);
  });

  it('are names that meet: the foreign key to the parent, indexes, constraints', async () => {
    const problems = await problemsOfFile(
      child('parent: { from: x, type: text, references: a.id }').replace(
        '    rest: more\n',
        '    rest: more\n    indexes: [{ columns: [parent], name: a_pkey }]\n',
      ),
    );
    expect(problems).toEqual([
      expect.stringContaining(
        '10:5: The foreign key of "b" to its parent and the foreign key of "b"."parent" would both be called "b_parent_fkey"',
      ),
      expect.stringContaining('would both be called "a_pkey"'),
    ]);
  });

  it('are a transform that the file does not have', async () => {
    const problems = await problemsOf({
      'mappings/a.yaml': child('x: { from: x, type: integer, transform: cuont }'),
      'transforms/a.ts': 'export const count = () => 1;',
    });
    expect(problems).toEqual([
      expect.stringContaining('mappings/a.yaml:15:47: The file transforms/a.ts exports no function "cuont"'),
    ]);
  });
});
