import { describe, expect, it } from 'vitest';
import { loadMappings } from '../../../src/mapping/load-mappings.ts';
import type { CollectionMapping, ColumnMapping, TableMapping } from '../../../src/mapping/mapping.ts';
import { typeSql } from '../../../src/mapping/type-sql.ts';
import { createProject } from './project-folder.ts';

const root = `
  orders:
    key: [id]
    columns:
      id: { from: _id, type: text, convert: ejson }
      total: { from: total, type: "numeric(12,2)" }
    rest: extra
`;
const lines = `
  lines:
    each: cart.lines
    key: [order_id, position]
    columns:
      order_id: { from: ^id }
      position: { from: $index }
      sku: { from: [sku, "\\"^old\\""], type: text }
    rest: extra
`;
const notes = `
  notes:
    each: $item
    parent: pages
    key: [order_id, page, n]
    columns:
      order_id: { from: ^order_id }
      page: { from: ^page, type: smallint }
      n: { from: $index, type: bigint }
      note: { from: $item, type: text }
      total: { from: ^total }
`;
const pages = `
  pages:
    each: pages
    key: [order_id, page]
    columns:
      order_id: { from: ^id, type: text }
      page: { from: $index, type: smallint }
      total: { from: ^total, required: true }
`;

async function load(tables: string, more: Readonly<Record<string, string>> = {}): Promise<CollectionMapping> {
  const projectFolder = await createProject({
    'mappings/orders.yaml': `collection: orders\ntables:${tables}`,
    ...more,
  });
  const { collections } = await loadMappings({ projectFolder });
  return collections.find(({ collection }) => collection === 'orders')!;
}

const tableOf = (mapping: CollectionMapping, name: string): TableMapping =>
  mapping.tables.find((table) => table.name === name)!;
const columnOf = (table: TableMapping, name: string): ColumnMapping =>
  table.columns.find((column) => column.name === name)!;
const typesOf = (table: TableMapping): readonly string[] => table.columns.map(({ type }) => typeSql(type));

describe('a child table', () => {
  it('takes elements of an array, the parent key and the position', async () => {
    const mapping = await load(root + lines);
    const table = tableOf(mapping, 'lines');
    expect(table).toMatchObject({
      each: { parent: 'orders', path: ['cart', 'lines'], parentKey: ['order_id'], mismatch: 'reject' },
      key: ['order_id', 'position'],
      rest: { name: 'extra' },
      unmapped: 'reject',
    });
    expect(columnOf(table, 'order_id')).toMatchObject({
      from: [{ kind: 'parent', column: 'id' }],
      required: true,
      mismatch: 'reject',
    });
    expect(columnOf(table, 'position').from).toEqual([{ kind: 'index' }]);
    expect(columnOf(table, 'sku').from).toEqual([
      { kind: 'path', path: ['sku'] },
      { kind: 'path', path: ['^old'] },
    ]);
    expect(mapping.tables[0]?.each).toBeUndefined();
    expect(mapping.idColumn).toBe('id');
  });

  it('inherits the types of parents, through several levels', async () => {
    const mapping = await load(root + pages + notes);
    expect(typesOf(tableOf(mapping, 'pages'))).toEqual(['text', 'smallint', 'numeric(12,2)']);
    expect(typesOf(tableOf(mapping, 'notes'))).toEqual([
      'text',
      'smallint',
      'bigint',
      'text',
      'numeric(12,2)',
    ]);
    expect(typesOf(tableOf(await load(root + lines), 'lines'))).toEqual(['text', 'integer', 'text']);
  });

  it('may take the array that its parent has for an element', async () => {
    const mapping = await load(root + pages + notes);
    expect(tableOf(mapping, 'notes').each).toEqual({
      parent: 'pages',
      path: [],
      parentKey: ['order_id', 'page'],
      mismatch: 'reject',
    });
    expect(columnOf(tableOf(mapping, 'notes'), 'note').from).toEqual([{ kind: 'item' }]);
  });

  it('follows its parent, wherever it is written; the rest stays as written', async () => {
    const mapping = await load(notes + lines + root + pages);
    expect(mapping.tables.map(({ name }) => name)).toEqual(['orders', 'lines', 'pages', 'notes']);
  });

  it('gets a foreign key to its parent, unless a column has it', async () => {
    const mapping = await load(root + pages + notes);
    expect(tableOf(mapping, 'orders').constraintNames.parentKey).toBeUndefined();
    expect(tableOf(mapping, 'pages').constraintNames).toMatchObject({
      foreignKey: {},
      parentKey: 'pages_parent_fkey',
    });
    const references = lines.replace('{ from: ^id }', '{ from: ^id, references: orders.id, name: of_order }');
    expect(tableOf(await load(root + references), 'lines').constraintNames).toMatchObject({
      foreignKey: { order_id: 'of_order' },
      parentKey: undefined,
    });
  });

  it('has safe names for long ones, also where it is named', async () => {
    const long = 'x'.repeat(70);
    const mapping = await load(
      root + pages.replace('pages:\n', `${long}:\n`) + notes.replace('parent: pages', `parent: ${long}`),
    );
    const [, table, below] = mapping.tables;
    expect(table?.name).toMatch(/^x{54}_[0-9a-f]{8}$/);
    expect(below?.each?.parent).toBe(table?.name);
    expect(Buffer.byteLength(table?.constraintNames.parentKey ?? '')).toBe(63);
  });

  it('can be referred to by a unique column, and refers to other collections', async () => {
    const unique = lines.replace(
      '{ from: [sku, "\\"^old\\""], type: text }',
      '{ from: sku, type: text, unique: true }',
    );
    const projectFolder = await createProject({
      'mappings/b.yaml': `collection: orders\ntables:${root}${unique}`,
      'mappings/a.yaml':
        'collection: a\ntables:\n  a:\n    key: [id]\n    columns:\n      id: { from: _id, type: text, references: lines.sku }\n',
    });
    const { collections } = await loadMappings({ projectFolder });
    expect(collections.map(({ collection }) => collection)).toEqual(['orders', 'a']);
  });

  it('names transforms of the same file', async () => {
    const transform = lines.replace('"\\"^old\\""], type: text', 'b], type: text, transform: tidy');
    const mapping = await load(root + transform, {
      'transforms/orders.ts': 'export const tidy = (sku) => sku;',
    });
    expect(mapping.transformFile).toBe('transforms/orders.ts');
  });

  it.each([
    ['another array', 'cart.lines', 'cart'],
    ['another policy', '    key:', '    mismatch: rest\n    key:'],
    ['another source', '[sku, "\\"^old\\""]', '$item'],
    ['another column of the parent', 'from: ^total', 'from: ^id'],
  ])('changes the fingerprint with %s', async (_title, from, to) => {
    const table = lines.replace('    rest:', '      total: { from: ^total }\n    rest:');
    expect(table).toContain(from);
    const one = await load(root + table);
    const other = await load(root + table.replace(from, to));
    expect(other.fingerprint).not.toBe(one.fingerprint);
  });
});

describe('mismatch of a table', () => {
  const policy = (table: string): string => table.replace('    key:', '    mismatch: rest\n    key:');

  it('is the default of the columns that could be null', async () => {
    const more = [
      'a: { from: a, type: integer }',
      'b: { from: b, type: integer, mismatch: null }',
      'c: { from: c, type: integer, mismatch: reject }',
      'd: { from: d, type: integer, required: true }',
      'e: { from: e, type: jsonb }',
      'f: { from: [$idTime], type: timestamptz }',
      'g: { from: [g, $runTime], type: timestamptz }',
    ];
    const mapping = await load(
      policy(root).replace('      total:', `${more.map((line) => `      ${line}\n`).join('')}      total:`),
    );
    const mismatches = mapping.tables[0]!.columns.map(({ name, mismatch }) => [name, mismatch]);
    expect(Object.fromEntries(mismatches)).toEqual({
      id: 'reject',
      a: 'rest',
      b: 'null',
      c: 'reject',
      d: 'reject',
      e: 'reject',
      f: 'reject',
      g: 'rest',
      total: 'rest',
    });
  });

  it('is the policy for elements too', async () => {
    const mapping = await load(
      root + policy(lines).replace('sku:', 'item: { from: $item, type: text }\n      sku:'),
    );
    const table = tableOf(mapping, 'lines');
    expect(table.each?.mismatch).toBe('rest');
    expect(table.columns.map(({ mismatch }) => mismatch)).toEqual(['reject', 'reject', 'rest', 'rest']);
    expect(mapping.tables[0]!.columns.map(({ mismatch }) => mismatch)).toEqual(['reject', 'reject']);
  });
});
