import { describe, expect, it } from 'vitest';
import { loadMappings } from '../../../src/mapping/load-mappings.ts';
import type { CollectionMapping, ColumnMapping } from '../../../src/mapping/mapping.ts';
import { createProject, mappingOf } from './project-folder.ts';

const idLine = 'id: { from: _id, type: text, convert: ejson }';

async function loadOne(columns: readonly string[], more = ''): Promise<CollectionMapping> {
  const projectFolder = await createProject({
    'mappings/a.yaml': mappingOf('a', [idLine, ...columns], more),
  });
  return (await loadMappings({ projectFolder })).collections[0]!;
}

const columnOf = (mapping: CollectionMapping, name: string): ColumnMapping | undefined =>
  mapping.tables[0]!.columns.find((column) => column.name === name);

describe('loadMappings', () => {
  it('completes a column with its defaults', async () => {
    const mapping = await loadOne(['n: { from: a."b.c", type: int8 }']);
    expect(columnOf(mapping, 'n')).toEqual({
      name: 'n',
      from: [{ kind: 'path', path: ['a', 'b.c'] }],
      skipNull: false,
      type: { name: 'bigint', array: false },
      required: false,
      default: undefined,
      nullDefault: false,
      mismatch: 'reject',
      nul: 'reject',
      json: 'natural',
      convert: undefined,
      transform: undefined,
      check: undefined,
      unique: false,
      references: undefined,
    });
  });

  it('completes a collection with its defaults', async () => {
    const mapping = await loadOne([]);
    expect(mapping).toMatchObject({
      collection: 'a',
      file: 'mappings/a.yaml',
      transformFile: undefined,
      where: undefined,
      duplicates: 'reject',
      onReject: 'remove',
      foreignWrites: 'report',
      idColumn: 'id',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(mapping.tables[0]).toMatchObject({
      name: 'a',
      each: undefined,
      key: ['id'],
      rest: undefined,
      unmapped: 'reject',
      indexes: [],
    });
  });

  it('reads every key of a column', async () => {
    const mapping = await loadOne(
      [
        't: { from: [x, $idTime, $runTime], skipNull: true, type: timestamptz, required: true }',
        'c: { from: c, type: text, default: x, nullDefault: true, mismatch: rest, nul: escape, check: [x, y], unique: true }',
        'j: { from: j, type: json, json: canonical }',
        'm: { from: m, type: integer, mismatch: null, check: [1, 2] }',
        'p: { from: p, type: text, references: a.id, orphans: null }',
      ],
      '    rest: extra\n    indexes: [{ columns: [c, extra], unique: true, where: "c is not null", name: special }]\n',
    );
    expect(columnOf(mapping, 't')).toMatchObject({
      from: [{ kind: 'path', path: ['x'] }, { kind: 'id-time' }, { kind: 'run-time' }],
      skipNull: true,
      required: true,
    });
    expect(columnOf(mapping, 'c')).toMatchObject({
      default: 'x',
      nullDefault: true,
      mismatch: 'rest',
      nul: 'escape',
      check: ['x', 'y'],
      unique: true,
    });
    expect(columnOf(mapping, 'j')?.json).toBe('canonical');
    expect(columnOf(mapping, 'm')?.mismatch).toBe('null');
    expect(columnOf(mapping, 'p')?.references).toEqual({ table: 'a', column: 'id', orphans: 'null' });
    expect(mapping.tables[0]).toMatchObject({
      rest: { name: 'extra' },
      indexes: [
        { name: 'special', columns: ['c', 'extra'], unique: true, where: 'c is not null', method: 'btree' },
      ],
      constraintNames: {
        primaryKey: 'a_pkey',
        unique: { c: 'a_c_key' },
        foreignKey: { p: 'a_p_fkey' },
        check: { c: 'a_c_check', m: 'a_m_check' },
        parentKey: undefined,
      },
    });
  });

  it('reads the filter and the policy for duplicate keys as written', async () => {
    const mapping = await loadOne(
      [],
      'where: { n: { $gt: 9007199254740993 }, d: { $ne: true } }\nduplicates: last\nonReject: keep\nforeignWrites: refuse\n',
    );
    expect(mapping.where).toEqual({ n: { $gt: 9007199254740993n }, d: { $ne: true } });
    expect(mapping).toMatchObject({ duplicates: 'last', onReject: 'keep', foreignWrites: 'refuse' });
  });

  it('keeps null apart from no default', async () => {
    const mapping = await loadOne([
      'a: { from: a, type: text, default: null }',
      'b: { from: b, type: text }',
    ]);
    expect(columnOf(mapping, 'a')?.default).toBeNull();
    expect(columnOf(mapping, 'b')?.default).toBeUndefined();
  });

  it('takes a key column as required', async () => {
    expect(columnOf(await loadOne([]), 'id')?.required).toBe(true);
  });

  it('indexes a reference that is not enforced', async () => {
    const mapping = await loadOne(['p: { from: p, type: text, references: a.id, orphans: allow }']);
    expect(mapping.tables[0]?.indexes).toEqual([
      { name: 'a_p_idx', columns: ['p'], unique: false, where: undefined, method: 'btree' },
    ]);
    expect(mapping.tables[0]?.constraintNames.foreignKey).toEqual({});
  });

  it('lets a column name its constraint', async () => {
    const mapping = await loadOne(['u: { from: u, type: text, unique: true, name: only_one }']);
    expect(mapping.tables[0]?.constraintNames.unique).toEqual({ u: 'only_one' });
  });

  it('makes long names safe wherever they are used', async () => {
    const long = 'x'.repeat(70);
    const mapping = await loadOne(
      [`${long}: { from: x, type: text, unique: true }`],
      `    indexes: [{ columns: [${long}] }]\n`,
    );
    const name = mapping.tables[0]!.columns[1]!.name;
    expect(name).toMatch(/^x{54}_[0-9a-f]{8}$/);
    expect(mapping.tables[0]!.indexes[0]!.columns).toEqual([name]);
    expect(Object.keys(mapping.tables[0]!.constraintNames.unique)).toEqual([name]);
  });

  it('sorts collections so that what is referred to comes first, self-references and cycles included', async () => {
    const projectFolder = await createProject({
      'mappings/a.yaml': mappingOf('a', [idLine, 'c: { from: c, type: text, references: c.id }']),
      'mappings/b.yml': mappingOf('b', [idLine, 'b: { from: b, type: text, references: b.id }']),
      'mappings/c.yaml': mappingOf('c', [idLine, 'd: { from: d, type: text, references: d.id }']),
      'mappings/d.yaml': mappingOf('d', [idLine, 'c: { from: c, type: text, references: c.id }']),
    });
    const project = await loadMappings({ projectFolder, schema: 'app' });
    expect(project.schema).toBe('app');
    expect(project.collections.map(({ collection }) => collection)).toEqual(['d', 'c', 'a', 'b']);
  });

  it('gives only the collections that were asked for', async () => {
    const projectFolder = await createProject({
      'mappings/a.yaml': mappingOf('a', [idLine]),
      'mappings/b.yaml': mappingOf('b', [idLine, 'a: { from: a, type: text, references: a.id }']),
    });
    const { collections } = await loadMappings({ projectFolder, only: ['b'] });
    expect(collections.map(({ collection }) => collection)).toEqual(['b']);
    await expect(loadMappings({ projectFolder, only: ['bb'] })).rejects.toMatchObject({
      code: 'settings-invalid',
      message: expect.stringContaining('did you mean "b"?'),
    });
  });

  it('says where mappings come from when there are none', async () => {
    const empty = await createProject({ 'mappings/readme.txt': '' });
    await expect(loadMappings({ projectFolder: empty })).rejects.toThrow('docrow init');
    await expect(loadMappings({ projectFolder: `${empty}/none` })).rejects.toMatchObject({
      code: 'mapping-invalid',
    });
  });
});

describe('the id column', () => {
  const nameOf = async (id: string, more: readonly string[] = []): Promise<string | undefined> => {
    const projectFolder = await createProject({ 'mappings/a.yaml': mappingOf('a', [`id: ${id}`, ...more]) });
    return (await loadMappings({ projectFolder })).collections[0]!.idColumn;
  };

  it.each(['hex', 'ejson'])('is the key that comes from _id by %s', async (convert) => {
    expect(await nameOf(`{ from: _id, type: text, convert: ${convert} }`)).toBe('id');
  });

  it.each(['smallint', 'integer'])('is the key that comes from _id as %s', async (type) => {
    expect(await nameOf(`{ from: _id, type: ${type} }`)).toBe('id');
  });

  it('may be a unique column beside the key', async () => {
    const column = 'm: { from: _id, type: text, convert: ejson, unique: true, required: true }';
    expect(await nameOf('{ from: id, type: uuid }', [column])).toBe('m');
  });

  it.each([
    ['text without a conversion', '{ from: _id, type: text }', []],
    ['bigint, which takes timestamps too', '{ from: _id, type: bigint }', []],
    ['an integer with a default', '{ from: _id, type: integer, default: 0 }', []],
    [
      'an integer beside the key',
      '{ from: id, type: uuid }',
      ['m: { from: _id, type: integer, unique: true, required: true }'],
    ],
    ['a uuid made of it', '{ from: _id, type: uuid, convert: uuidv5 }', []],
    ['a list of sources', '{ from: [id, _id], type: text, convert: ejson }', []],
    ['a part of it', '{ from: _id.a, type: text, convert: ejson }', []],
    ['a default', '{ from: _id, type: text, convert: ejson, default: none }', []],
    [
      'a column that is not unique',
      '{ from: id, type: uuid }',
      ['m: { from: _id, type: text, convert: ejson }'],
    ],
    [
      'a unique column that can be null',
      '{ from: id, type: uuid }',
      ['m: { from: _id, type: text, convert: hex, unique: true }'],
    ],
  ])('is not %s', async (_title, id, more) => {
    expect(await nameOf(id, more)).toBeUndefined();
  });
});

describe('the fingerprint', () => {
  const columns = [idLine, 'n: { from: n, type: jsonb, default: { a: 1, b: 2 } }'];
  const base = mappingOf('a', columns);
  const fingerprintOf = async (
    mapping: string,
    files: Readonly<Record<string, string>> = {},
    name = 'a',
  ): Promise<string> => {
    const projectFolder = await createProject({ [`mappings/${name}.yaml`]: mapping, ...files });
    return (await loadMappings({ projectFolder })).collections[0]!.fingerprint;
  };

  it('is the same for another layout, other comments, aliases of types and another file name', async () => {
    const relaid = base.replace(
      '{ from: _id, type: text, convert: ejson }',
      '{ convert: "ejson", from: [_id], type: TEXT } # id',
    );
    expect(relaid).not.toBe(base);
    expect(await fingerprintOf(relaid, {}, 'renamed')).toBe(await fingerprintOf(base));
  });

  it('does not depend on how changes are followed', async () => {
    const other = `${base}onReject: keep\nforeignWrites: refuse\n`;
    expect(await fingerprintOf(other)).toBe(await fingerprintOf(base));
  });

  it.each([
    ['a default', base.replace('a: 1', 'a: 2')],
    ['the order of keys in a default', base.replace('a: 1, b: 2', 'b: 2, a: 1')],
    ['a type', base.replace('jsonb', 'json')],
    ['the order of columns', mappingOf('a', [...columns].reverse())],
    ['a filter', `${base}where: { a: 1 }\n`],
    ['a 64-bit number in a filter', `${base}where: { a: 9007199254740993 }\n`],
  ])('changes with %s', async (_title, other) => {
    expect(await fingerprintOf(other)).not.toBe(await fingerprintOf(base));
  });

  it('changes with the transform file', async () => {
    const mapping = mappingOf('a', [idLine, 'n: { from: n, type: integer, transform: n }']);
    const one = await fingerprintOf(mapping, { 'transforms/a.ts': 'export const n = () => 1;' });
    const two = await fingerprintOf(mapping, { 'transforms/a.ts': 'export const n = () => 2;' });
    expect(one).not.toBe(two);
  });
});
