import { Binary, Decimal128, Double, Int32, Long, ObjectId, serialize, Timestamp } from 'bson';
import { describe, expect, test } from 'vitest';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { compareDocumentsDirectly } from '../../support/documents-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();

const documents = Array.from({ length: 60 }, (_, n) => ({
  _id: `d${n}`,
  name: `name ${n} "q" \\ {x,y}`,
  amount: Decimal128.fromString(n % 2 === 0 ? `${n}.1` : `${n}.10`),
  price: new Double(n / 4 + 0.1),
  float: new Double(Math.fround(n / 10)),
  big: Long.fromNumber(n * 2 ** 33),
  flag: n % 2 === 0,
  raw: new Binary(Buffer.from(`bytes ${n}`)),
  owner: ObjectId.createFromTime(n),
  list: [new Int32(n), null, new Int32(n + 1)],
  words: ['a', 'NULL', null, `w"${n}\\`, '', '{}', ' x,y '],
  flags: [true, null, false],
  times: [new Date(n * 1000 + 7)],
  day: new Date(Date.UTC(-44, 2, 15)),
  at: new Date(1_700_000_000_000 + n),
  clock: '10:20:30.5',
  meta: { b: new Int32(n), zz: { n: new Double(n + 0.5) }, list: [new Double(1.5), `é${n}`, { x: null }] },
  odd: { 'a.b': 1, '': { $x: 2 }, at: new Timestamp({ t: 5, i: n }) },
  whole: { z: new Int32(1), a: new Int32(2) },
  nul: `a\0b\\${n}`,
  extra: { kept: new Long(n), d: new Date(n) },
  lines: Array.from({ length: n % 4 }, (_, i) => ({
    sku: `${n}-${i}`,
    parts: [`p${i}`, 'q'],
    note: { of: new Int32(i) },
  })),
  grid: [[new Int32(n), new Int32(2)], [new Int32(3)]],
  ...(n === 7 ? { meta: 'other type' } : {}),
}));

const mapping = (id: string) =>
  mappingYaml({
    collection: 'orders',
    columns: [
      id,
      'name: { from: name, type: text }',
      'amount: { from: amount, type: numeric }',
      'price: { from: price, type: double precision }',
      'float: { from: float, type: real }',
      'big: { from: big, type: bigint }',
      'flag: { from: flag, type: boolean }',
      'raw: { from: raw, type: bytea }',
      'owner: { from: owner, type: text, convert: hex }',
      'list: { from: list, type: "integer[]" }',
      'words: { from: words, type: "text[]" }',
      'flags: { from: flags, type: "boolean[]" }',
      'times: { from: times, type: "timestamptz[]" }',
      'day: { from: day, type: date }',
      'at: { from: at, type: timestamptz }',
      'clock: { from: clock, type: time }',
      'meta: { from: meta, type: jsonb }',
      'odd: { from: odd, type: jsonb, json: canonical }',
      'whole: { from: whole, type: json }',
      'nul: { from: nul, type: text, nul: escape }',
      'state: { from: state, type: text, default: new }',
      'hash: { from: name, type: uuid, convert: uuidv5 }',
    ],
    more: ['rest: { column: rest, type: jsonb }'],
    children: {
      lines: {
        key: ['order_id', 'position'],
        columns: [
          'order_id: { from: ^id }',
          'position: { from: $index, type: integer }',
          'sku: { from: sku, type: text }',
        ],
        more: ['each: lines', 'rest: { column: more, type: jsonb }'],
      },
      parts: {
        key: ['order_id', 'line', 'position'],
        columns: [
          'order_id: { from: ^order_id }',
          'line: { from: ^position }',
          'position: { from: $index, type: smallint }',
          'part: { from: $item, type: text }',
        ],
        more: ['parent: lines', 'each: parts'],
      },
      grid: {
        key: ['order_id', 'y'],
        columns: ['order_id: { from: ^id }', 'y: { from: $index }'],
        more: ['each: grid'],
      },
      cells: {
        key: ['order_id', 'y', 'x'],
        columns: [
          'order_id: { from: ^order_id }',
          'y: { from: ^y }',
          'x: { from: $index }',
          'height: { from: $item, type: integer }',
        ],
        more: ['parent: grid', 'each: $item'],
      },
    },
  });

const compare = (which?: Parameters<typeof compareDocumentsDirectly>[2]) =>
  compareDocumentsDirectly(
    { source: pipeline.project.source, target: pipeline.uri, dir: pipeline.project.dir },
    'orders',
    which,
  );

const ids: Readonly<Record<string, string>> = {
  'an id column': 'id: { from: _id, type: text, convert: ejson }',
  'docrow.document_key': 'id: { from: _id, type: text }',
};

/** Statement, and the path of what it makes differ. */
const faults: Readonly<Record<string, readonly [string, string]>> = {
  'one bit in a bytea': [
    "update orders set raw = set_bit(raw, 3, 1 - get_bit(raw, 3)) where id ~ 'd7'",
    'raw',
  ],
  'a scale': ["update orders set amount = 12.10 where id ~ 'd12'", 'amount'],
  'a microsecond': ["update orders set at = at + interval '1 microsecond' where id ~ 'd50'", 'at'],
  'a microsecond in an array': [
    "update orders set times = array[times[1] + interval '1 microsecond'] where id ~ 'd50'",
    'times.0',
  ],
  'NULL for a text that says so': ["update orders set words[2] = null where id ~ 'd11'", 'words.1'],
  'bounds of an array': [
    "update orders set list = ('[0:2]=' || list::text)::integer[] where id ~ 'd16'",
    'list',
  ],
  'a number of jsonb': [
    `update orders set meta = jsonb_set(meta, '{list,0}', '1.25') where id ~ 'd13'`,
    'meta.list.0',
  ],
  'null for a missing key in jsonb': [
    `update orders set meta = meta || '{"zzz":null}' where id ~ 'd13'`,
    'meta',
  ],
  'a default that is another': ["update orders set state = 'old' where id ~ 'd14'", 'state'],
  'a hash': ["update orders set hash = gen_random_uuid() where id ~ 'd15'", 'name'],
  'a value in rest': [
    `update orders set rest = jsonb_set(rest, '{extra,kept}', '{"$numberInt":"18"}') where id ~ 'd18'`,
    'extra.kept',
  ],
  'a value more in rest': [`update orders set rest = rest || '{"more":1}' where id ~ 'd19'`, 'more'],
  'a missing child': [
    "delete from parts where order_id ~ 'd33' and line = 0 and position = 1",
    'lines.0.parts',
  ],
  'a child too many': ["insert into lines select id, 99, 'x' from orders where id ~ 'd34'", 'lines'],
  'positions of children exchanged': [
    "update lines set position = 1 - position where order_id ~ 'd42'",
    'lines.0.sku',
  ],
  'a cell': ["update cells set height = height + 1 where order_id ~ 'd43' and y = 1", 'grid.1.0'],
  'a key': ["update orders set id = 'other' where id ~ 'd48'", ''],
  'a text with a NUL': ["update orders set nul = 'a\\\\0b' where id ~ 'd49'", 'nul'],
};

describe.each(Object.keys(ids))('with %s', (kind) => {
  test('a clean copy comes back, and each fault is found', async () => {
    pipeline.project = createProject({ 'mappings/orders.yaml': mapping(ids[kind]!) }, { orders: documents });
    expect(await pipeline.migrate()).toMatchObject({ exitCode: 0 });
    const clean = await compare();
    expect(clean).toMatchObject({ documents: 60, undeclared: 0, differences: [] });
    expect(clean.declared).toBe(60);
    expect(clean.declaredLosses).toContainEqual({ path: 'state', kind: 'filled-in', documents: 60 });
    await pipeline.query(
      'alter table lines drop constraint lines_parent_fkey cascade; alter table parts drop constraint parts_parent_fkey; alter table grid drop constraint grid_parent_fkey; alter table cells drop constraint cells_parent_fkey; alter table lines drop constraint lines_pkey',
    );
    for (const [name, [statement, path]] of Object.entries(faults)) {
      const tables = ['orders', 'lines', 'parts', 'grid', 'cells'];
      for (const table of tables)
        await pipeline.query(
          `drop table if exists kept_${table}; create table kept_${table} as table ${table}`,
        );
      await pipeline.query(statement);
      const found = await compare();
      const paths = [...new Set(found.differences.map(({ column = '' }) => column))];
      expect([name, found.undeclared > 0, paths]).toEqual([name, true, expect.arrayContaining([path])]);
      for (const table of tables)
        await pipeline.query(`truncate ${table} cascade; insert into ${table} table kept_${table}`);
    }
    expect(await compare()).toMatchObject({ undeclared: 0 });
  });
});

test('of some documents alone', async () => {
  pipeline.project = createProject(
    { 'mappings/orders.yaml': mapping(ids['an id column']!) },
    { orders: documents },
  );
  await pipeline.migrate();
  const some = async function* () {
    yield [serialize({ _id: 'd1' }), serialize({ _id: 'd2' })];
    yield [serialize({ _id: 'gone' })];
  };
  expect(await compare(some())).toMatchObject({ documents: 2, undeclared: 0 });
});
