import { Binary, Decimal128, Long, ObjectId } from 'bson';
import { describe, expect, test } from 'vitest';
import { digestForms } from '../../../src/digest/digest-form.ts';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { compareDigestsDirectly } from '../../support/digests-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();

const documents = Array.from({ length: 300 }, (_, n) => ({
  _id: `d${n}`,
  name: `name ${n}`,
  short: `s${n % 10}`,
  amount: Decimal128.fromString(n % 2 === 0 ? `${n}.1` : `${n}.10`),
  price: n / 4,
  big: Long.fromNumber(n * 2 ** 33),
  raw: new Binary(Buffer.from(`bytes ${n}`)),
  list: [n, null, n + 1],
  words: ['a', null, `w${n}`],
  meta: { zz: { n }, a: [1.5, `é${n}`], b: n },
  state: n % 3 === 0 ? undefined : 'open',
  at: new Date(1_700_000_000_000 + n),
  extra: { kept: n },
  lines: Array.from({ length: n % 4 }, (_, i) => ({ sku: `${n}-${i}`, parts: [`p${i}`, 'q'] })),
}));

const mapping = (id: string) =>
  mappingYaml({
    collection: 'orders',
    columns: [
      id,
      'name: { from: name, type: text }',
      'short: { from: short, type: varchar(5) }',
      'amount: { from: amount, type: numeric }',
      'price: { from: price, type: "numeric(12,3)" }',
      'big: { from: big, type: bigint }',
      'raw: { from: raw, type: bytea }',
      'list: { from: list, type: "integer[]" }',
      'words: { from: words, type: "text[]" }',
      'meta: { from: meta, type: jsonb }',
      'whole: { from: meta, type: json }',
      'state: { from: state, type: text, default: new }',
      'at: { from: at, type: timestamptz }',
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
    },
  });

const compare = (more = {}) =>
  compareDigestsDirectly(
    { source: pipeline.project.source, target: pipeline.uri, dir: pipeline.project.dir },
    'orders',
    more,
  );

/** Statement, and the documents that it makes differ. */
const faults: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  'one bit in a bytea': [
    "update orders set raw = set_bit(raw, 3, 1 - get_bit(raw, 3)) where id = '7'",
    ['7'],
  ],
  'one digit': ["update orders set amount = amount + 0.1 where id = '8'", ['8']],
  'one character': ["update orders set name = 'Name 9' where id = '9'", ['9']],
  'a sign': ["update orders set amount = -amount where id = '10'", ['10']],
  'a scale': ["update orders set amount = 12.10 where id = '12'", ['12']],
  'a number of jsonb': [`update orders set meta = jsonb_set(meta, '{a,0}', '1.50') where id = '13'`, ['13']],
  'an empty object for NULL': ["update orders set rest = '{}' where id = '14'", ['14']],
  'two array elements swapped': [
    "update orders set list = array[list[3], null, list[1]] where id = '15'",
    ['15'],
  ],
  'bounds of an array': [
    "update orders set list = ('[0:2]=' || list::text)::integer[] where id = '16'",
    ['16'],
  ],
  'two elements of a jsonb swapped': [
    `update orders set meta = jsonb_set(meta, '{a}', jsonb_build_array(meta->'a'->1, meta->'a'->0)) where id = '17'`,
    ['17'],
  ],
  'a space in json': ["update orders set whole = (whole::text || ' ')::json where id = '18'", ['18']],
  'values swapped between two rows': [
    `update orders o set name = x.name from orders x
      where (o.id, x.id) in (('20', '21'), ('21', '20'))`,
    ['20', '21'],
  ],
  'all rows shifted by one': [
    `update lines l set sku = x.sku from lines x where l.order_id = '23' and x.order_id = l.order_id
      and x.position = (l.position + 1) % 3`,
    ['23'],
  ],
  'a missing row': [
    "delete from parts where order_id = '31'; delete from lines where order_id = '31'; delete from orders where id = '31'",
    ['31'],
  ],
  'an extra row': ["insert into orders (id) values ('1000')", ['1000']],
  'a missing child': ["delete from parts where order_id = '33' and line = 0 and position = 1", ['33']],
  'a child too many': ["insert into lines values ('34', 99, 'x', null)", ['34']],
  'a child of another': [
    "update parts set order_id = '36' where order_id = '39' and line = 2 and position = 0",
    ['36', '39'],
  ],
  'positions of children exchanged': [
    "update lines set position = 1 - position where order_id = '42'",
    ['42'],
  ],
  'NULL for a default': ["update orders set state = null where id = '45'", ['45']],
  'a key': ["update orders set id = '2000' where id = '48'", ['2000', '48']],
  'a microsecond': ["update orders set at = at + interval '1 microsecond' where id = '50'", ['50']],
  'a high word': ["update orders set big = big + 4294967296 where id = '51'", ['51']],
};

const ids: Readonly<Record<string, string>> = {
  'an id column': 'id: { from: _id, type: text, convert: ejson }',
  'docrow.document_key': 'id: { from: _id, type: text }',
};

describe.each(Object.keys(ids))('with %s', (kind) => {
  test.each(digestForms)('form %s: a clean target is clean, and each fault is found', async (form) => {
    pipeline.project = createProject({ 'mappings/orders.yaml': mapping(ids[kind]!) }, { orders: documents });
    expect(await pipeline.migrate()).toMatchObject({ exitCode: 0, totals: { loaded: 300 } });
    const clean = await compare({ forms: [form] });
    expect(clean).toMatchObject({
      outcome: { kind: 'compared', form, isEqual: true },
      suspects: [],
      strays: [],
    });
    // Faults that constraints would refuse are to be found as well.
    await pipeline.query(
      `alter table parts drop constraint parts_parent_fkey, drop constraint parts_pkey;
      alter table lines drop constraint lines_parent_fkey, drop constraint lines_pkey`,
    );
    for (const [name, [sql, expected]] of Object.entries(faults)) {
      // The statements name documents by their number; a column with `ejson` has the text in quotes.
      const quote = kind === 'an id column' ? '"' : '';
      const own = sql.replaceAll(/'(\d+)'/g, (_, n: string) => `'${quote}d${n}${quote}'`);
      for (const table of ['orders', 'lines', 'parts'])
        await pipeline.query(`create table backup_${table} as table ${table}`);
      await pipeline.query(own);
      const { outcome, suspects, strays } = await compare({ forms: [form] });
      expect(outcome, name).toMatchObject({ kind: 'compared', isEqual: false });
      const isNameless = kind !== 'an id column';
      const known = isNameless ? expected.filter((id) => Number(id) < 1000) : expected;
      expect([name, ...suspects]).toEqual([name, ...known.map((id) => `"d${id}"`)]);
      expect([name, strays.length]).toEqual([name, expected.length - known.length]);
      for (const table of ['orders', 'lines', 'parts'])
        await pipeline.query(
          `truncate ${table}; insert into ${table} table backup_${table}; drop table backup_${table}`,
        );
    }
    expect(await compare({ forms: [form] })).toMatchObject({ outcome: { isEqual: true }, suspects: [] });
  });
});

test('ObjectIds, uuids and keys of two columns', async () => {
  pipeline.project = createProject(
    {
      'mappings/a.yaml': mappingYaml({
        collection: 'a',
        columns: ['id: { from: _id, type: text, convert: hex }', 'n: { from: n, type: integer }'],
      }),
      'mappings/b.yaml': mappingYaml({
        collection: 'b',
        columns: ['id: { from: _id, type: uuid }', 'n: { from: n, type: integer }'],
      }),
      'mappings/c.yaml': mappingYaml({
        collection: 'c',
        key: ['x', 'y'],
        columns: [
          'x: { from: x, type: text }',
          'y: { from: y, type: "numeric(8,2)" }',
          'n: { from: n, type: integer }',
        ],
        children: {
          c_items: {
            key: ['cx', 'cy', 'i'],
            columns: [
              'cx: { from: ^x }',
              'cy: { from: ^y }',
              'i: { from: $index }',
              'v: { from: $item, type: text }',
            ],
            more: ['each: items'],
          },
        },
      }),
    },
    {
      a: Array.from({ length: 50 }, (_, n) => ({ _id: new ObjectId(n.toString(16).padStart(24, '0')), n })),
      b: Array.from({ length: 50 }, (_, n) => ({ _id: new Binary(Buffer.alloc(16, n), 4), n })),
      c: Array.from({ length: 50 }, (_, n) => ({ _id: n, x: `x${n % 7}`, y: n / 4, n, items: ['u', 'v'] })),
    },
  );
  await pipeline.migrate();
  const target = { source: pipeline.project.source, target: pipeline.uri, dir: pipeline.project.dir };
  for (const name of ['a', 'b', 'c']) {
    expect(await compareDigestsDirectly(target, name)).toMatchObject({ outcome: { isEqual: true } });
    await pipeline.query(`update ${name} set n = -n where n = 3`);
    const { outcome, suspects } = await compareDigestsDirectly(target, name);
    expect(outcome).toMatchObject({ isEqual: false });
    expect(suspects).toHaveLength(1);
  }
  await pipeline.query(
    "update c set n = 3 where n = -3; update c_items set v = 'w' where cx = 'x3' and cy = 0.75 and i = 1",
  );
  expect(await compareDigestsDirectly(target, 'c')).toMatchObject({ suspects: ['3'] });
});
