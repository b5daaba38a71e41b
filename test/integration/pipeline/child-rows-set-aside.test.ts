import { describe, expect, test } from 'vitest';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { order, orders } from '../../support/orders-mapping.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
const { migrate, query, values, rejections } = pipeline;

const project = (mapping: string, documents: readonly object[]): void => {
  pipeline.project = createProject({ 'mappings/orders.yaml': mapping }, { orders: documents });
};

/** Three ways back from a row to its document. */
describe.each([
  ['by the key', 'id: { from: _id, type: integer }', 'id'],
  ['by another column', 'id: { from: number, type: integer }', 'id'],
  ['through docrow.document_key', 'id: { from: number, type: bigint }', 'id'],
])('setting aside, documents found %s', (way, idColumn) => {
  const columns = [idColumn, 'code: { from: code, type: text, unique: true }'];
  if (way === 'by another column') {
    columns.push('object: { from: _id, type: text, convert: ejson, unique: true, required: true }');
  }
  const mapping = (sku: string): string =>
    orders({ columns, more: ['rest: { column: extra, type: jsonb }'] }).replace(
      'sku: { from: sku, type: text }',
      sku,
    );
  const numbered = (n: number, ...lines: readonly (readonly string[])[]) => ({
    ...order(n, ...lines),
    number: n,
    code: `c${n}`,
  });

  test('a unique value of the root table takes the rows of all tables along', async () => {
    project(mapping('sku: { from: sku, type: text }'), [
      numbered(1, ['x', 'p'], ['y', 'q', 'r']),
      { ...numbered(2, ['x', 'p'], ['z']), code: 'c1' },
      { ...numbered(3, ['w', 'p', 'p', 'p']), code: 'c1' },
      numbered(4, ['x']),
    ]);
    const report = await migrate();
    expect(report).toMatchObject({ exitCode: 6, validation: { verdict: 'match' } });
    expect(report.collections[0]).toMatchObject({
      loaded: 2,
      rejected: 2,
      rows: { orders: 2, lines: 3, parts: 3 },
    });
    expect(await values('select id::int from orders order by 1')).toEqual([1, 4]);
    expect(await values('select distinct order_id::int from lines order by 1')).toEqual([1, 4]);
    expect(await values('select distinct order_id::int from parts order by 1')).toEqual([1]);
    expect((await query('select rows_set_aside from docrow.collection_run'))[0]!['rows_set_aside']).toEqual({
      orders: 2,
      lines: 3,
      parts: 4,
    });
    expect(await migrate()).toMatchObject({ nothingToDo: true, validation: { verdict: 'match' } });
  });

  test('a unique value of a child table: the smallest _id stays, and one that has it twice goes itself', async () => {
    project(mapping('sku: { from: sku, type: text, unique: true }'), [
      // 1 has `a` twice; so 2 has it first. 3 loses `a`, so `b` is 4's. 20 is greater than 4, whatever their texts say.
      numbered(20, ['b']),
      numbered(1, ['a'], ['c'], ['a']),
      numbered(3, ['a'], ['b']),
      numbered(2, ['a'], ['d']),
      numbered(4, ['b']),
      numbered(5, ['c']),
    ]);
    const report = await migrate();
    expect(report).toMatchObject({ exitCode: 6, validation: { verdict: 'match' } });
    expect(await values("select order_id || ' ' || sku from lines order by sku")).toEqual([
      '2 a',
      '4 b',
      '5 c',
      '2 d',
    ]);
    expect(await rejections()).toEqual([
      'orders duplicate-value lines.sku {"$numberInt":"1"}',
      'orders duplicate-value lines.sku {"$numberInt":"20"}',
      'orders duplicate-value lines.sku {"$numberInt":"3"}',
    ]);
    expect(await values('select reason from docrow.rejection where id_text like \'%"1"%\'')).toEqual([
      'Two rows of table lines from the one document have the same sku',
    ]);
    expect(report.collections[0]!.rows).toEqual({ orders: 3, lines: 4, parts: 0 });
  });
});

test('elements of one document with one key set the document aside, the others stay', async () => {
  const mapping = mappingYaml({
    collection: 'orders',
    columns: ['id: { from: _id, type: integer }'],
    children: {
      lines: {
        key: ['order_id', 'sku'],
        columns: ['order_id: { from: ^id }', 'sku: { from: sku, type: text }'],
        more: ['each: lines', 'unmapped: ignore'],
      },
    },
  });
  project(mapping, [order(1, ['x'], ['y']), order(2, ['x'], ['y'], ['x']), order(3, ['x'])]);
  const report = await migrate();
  expect(report).toMatchObject({ exitCode: 6, validation: { verdict: 'match' } });
  expect(report.collections[0]!.rows).toEqual({ orders: 2, lines: 3 });
  expect(await rejections()).toEqual(['orders duplicate-value lines.sku {"$numberInt":"2"}']);
  expect(await values('select reason from docrow.rejection')).toEqual([
    'Two rows of table lines from the one document have the same order_id, sku',
  ]);
});

test('of documents with one primary key the smallest _id stays, with its own child rows', async () => {
  const mapping = orders({ columns: ['id: { from: number, type: integer }'] });
  project(mapping, [
    { ...order(9, ['nine', 'p'], ['nein']), number: 1 },
    { ...order(2, ['two', 'q', 'r']), number: 1 },
    { ...order(5), number: 1 },
    { ...order(6, ['six']), number: 6 },
  ]);
  const report = await migrate();
  expect(report).toMatchObject({ exitCode: 6, validation: { verdict: 'match' } });
  expect(report.collections[0]!.rows).toEqual({ orders: 2, lines: 2, parts: 2 });
  expect(await values('select sku from lines order by 1')).toEqual(['six', 'two']);
  expect(await values('select part from parts order by 1')).toEqual(['q', 'r']);
  expect(await values('select count(*)::int from docrow.document_key')).toEqual([2]);
});

test('a row of before stays, and a document whose element has the same unique value goes', async () => {
  await query(`create table orders (id bigint not null, code text);
    create table lines (order_id bigint not null, n integer not null, sku text, extra jsonb);
    insert into orders values (100);
    insert into lines values (100, 0, 'x'), (100, 1, 'old')`);
  const mapping = orders({
    columns: ['id: { from: number, type: bigint }', 'code: { from: code, type: text }'],
  });
  project(mapping.replace('sku: { from: sku, type: text }', 'sku: { from: sku, type: text, unique: true }'), [
    { ...order('a', ['y', 'p'], ['x']), number: 1 },
    { ...order('b', ['y'], ['z']), number: 2 },
  ]);
  const report = await migrate({ onExisting: 'append' });
  expect(report).toMatchObject({ exitCode: 6, validation: { verdict: 'match' } });
  expect(report.collections[0]!.rows).toEqual({ orders: 1, lines: 2, parts: 0 });
  expect(await values("select order_id || ' ' || sku from lines order by sku")).toEqual([
    '100 old',
    '100 x',
    '2 y',
    '2 z',
  ]);
  expect(await rejections()).toEqual(['orders duplicate-value lines.sku "a"']);
});

describe('references from child rows', () => {
  const products = mappingYaml({
    collection: 'products',
    columns: ['id: { from: _id, type: text }', 'name: { from: name, type: text, unique: true }'],
  });
  const load = (orphans: string): void => {
    const sku = `sku: { from: sku, type: text, references: products.id, orphans: ${orphans} }`;
    pipeline.project = createProject(
      {
        'mappings/orders.yaml': orders().replace('sku: { from: sku, type: text }', sku),
        'mappings/products.yaml': products,
      },
      {
        products: [
          { _id: 'x', name: 'same' },
          { _id: 'y', name: 'other' },
          { _id: 'z', name: 'same' },
        ],
        orders: [
          order('1', ['x'], ['y', 'p']),
          order('2', ['x'], ['none', 'p'], ['y'], ['none']),
          order('3', ['z', 'p', 'q'], ['x'], ['none']),
          order('4', ['y']),
          order('5'),
        ],
      },
    );
  };
  const rows = (report: Awaited<ReturnType<typeof migrate>>) =>
    report.collections.find(({ collection }) => collection === 'orders')!.rows;

  test('reject: the document goes, with the reason of its first orphan', async () => {
    load('reject');
    const report = await migrate();
    expect(report).toMatchObject({ exitCode: 6, validation: { verdict: 'match' } });
    expect(rows(report)).toEqual({ orders: 3, lines: 3, parts: 1 });
    expect(await rejections()).toEqual([
      'orders reference-missing lines.sku "2"',
      'orders reference-set-aside lines.sku "3"',
      'products duplicate-value name "z"',
    ]);
  });

  test('null: those rows alone are emptied, and each is noted', async () => {
    load('null');
    const report = await migrate();
    expect(report).toMatchObject({ exitCode: 6, validation: { verdict: 'match' } });
    expect(rows(report)).toEqual({ orders: 5, lines: 10, parts: 4 });
    expect(await values('select order_id || n from lines where sku is null order by 1')).toEqual([
      '"2"1',
      '"2"3',
      '"3"0',
      '"3"2',
    ]);
    expect(report.adjustments).toEqual([
      { collection: 'orders', table: 'lines', column: 'sku', kind: 'orphan-null', documents: 2 },
    ]);
    expect(await values('select count(*)::int from docrow.audit')).toEqual([4]);
  });

  test('allow: everything stays, without a foreign key', async () => {
    load('allow');
    expect(rows(await migrate())).toEqual({ orders: 5, lines: 10, parts: 4 });
    expect(await values("select conname from pg_constraint where conname like 'lines_sku%'")).toEqual([]);
  });

  test('to a value of a child table: what refers to a rejected document follows it', async () => {
    const sku = 'sku: { from: sku, type: text, unique: true }';
    const reviews = mappingYaml({
      collection: 'reviews',
      columns: [
        'id: { from: _id, type: integer }',
        'sku: { from: sku, type: text, references: lines.sku }',
        'seller: { from: order, type: text, references: orders.id }',
      ],
    });
    pipeline.project = createProject(
      {
        'mappings/orders.yaml': orders().replace('sku: { from: sku, type: text }', sku),
        'mappings/reviews.yaml': reviews,
      },
      {
        orders: [order('a', ['x'], ['y']), order('b', ['v'], ['y'], ['w', 'p'])],
        reviews: [
          { _id: 1, sku: 'x', order: '"a"' },
          { _id: 2, sku: 'w' },
          { _id: 3, sku: 'nothing' },
          { _id: 4, order: '"b"' },
        ],
      },
    );
    const report = await migrate();
    expect(report).toMatchObject({ exitCode: 6, validation: { verdict: 'match' } });
    expect(await rejections()).toEqual([
      'orders duplicate-value lines.sku "b"',
      'reviews reference-missing sku {"$numberInt":"3"}',
      'reviews reference-set-aside order {"$numberInt":"4"}',
      'reviews reference-set-aside sku {"$numberInt":"2"}',
    ]);
  });
});
