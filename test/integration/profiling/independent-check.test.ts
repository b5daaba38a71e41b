import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadSettings } from '../../../src/config/load-settings.ts';
import { init } from '../../../src/resources/init.ts';
import { createProject } from '../../support/bson-dump.ts';
import { compareCopy } from '../../support/independent-check/compare-copy.ts';
import { createControl } from '../../support/migrate-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();

const documents = Array.from({ length: 5 }, (_, i) => ({
  _id: `k${i}`,
  name: `n${i}`,
  nul: `a\0${i}`,
  at: new Date(i),
  tags: ['a', 'b', 'c'],
  mixed: i === 0 ? { x: 1 } : [1, 'two'],
  lines: [
    { sku: `s${i}`, count: 1, prices: [{ n: 1 }, { n: 2 }] },
    { sku: `t${i}`, count: 2 },
  ],
  parts: i === 3 ? {} : { a: i, b: 'x' },
}));

async function differences(): Promise<readonly string[]> {
  const { dir, source } = pipeline.project;
  const compared = await compareCopy(dir, join(source, 'shop'), pipeline.uri);
  return compared.flatMap((one) => one.differences);
}

/** Each damages a copy that was right. */
const damages: readonly (readonly [what: string, sql: string])[] = [
  ['a cell', `update things set name = 'other' where id = 'k1'`],
  ['a cell that becomes NULL', `update things set name = null where id = 'k1'`],
  ['a text with an escaped NUL', `update things set nul = replace(nul, '\\0', '') where id = 'k1'`],
  ['an instant by a millisecond', `update things set at = at + '1 ms' where id = 'k1'`],
  ['the order of an array', `update things set tags = '{b,a,c}' where id = 'k1'`],
  ['an element inside jsonb', `update things set mixed = '[1, "to"]' where id = 'k1'`],
  ['a row that is gone', `delete from things where id = 'k1'`],
  ['a row too many', `insert into things (id) values ('k9')`],
  ['a cell of a child row', `update thing_lines set sku = 'other' where thing_id = 'k1' and position = 1`],
  ['a child row that is gone', `delete from thing_lines where thing_id = 'k1' and position = 1`],
  ['a child row too many', `insert into thing_lines (thing_id, position) values ('k1', 2)`],
  ['child rows of no document', `insert into thing_lines (thing_id, position) values ('k9', 0)`],
  [
    'the order of child rows',
    `update thing_lines set sku = case position when 0 then 't1' else 's1' end, count = case position when 0 then 2 else 1 end where thing_id = 'k1'`,
  ],
  ['a cell of a grandchild', `update thing_line_prices set n = 3 where thing_id = 'k1' and position = 1`],
  ['a field in the rest', `update things set extra = null where id = 'k3'`],
  ['a field too many in the rest', `update things set extra = '{"more": 1}' where id = 'k1'`],
];

test('the other program sees every kind of damage', async () => {
  pipeline.project = createProject({}, { things: documents });
  const { dir, source } = pipeline.project;
  const settings = await loadSettings('init', { dir, source }, {}, '/');
  await init(settings, createControl(), { sample: undefined, force: false, names: 'snake' });
  expect(await pipeline.migrate()).toMatchObject({ errors: [], status: 'done' });
  expect(await differences()).toEqual([]);
  // Damage that a foreign key would not let happen has to be seen too.
  await pipeline.query(`do $$ declare one record; begin
    for one in select conrelid::regclass as place, conname from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace
    loop execute format('alter table %s drop constraint %I', one.place, one.conname); end loop; end $$`);
  for (const table of ['things', 'thing_lines', 'thing_line_prices'])
    await pipeline.query(`create table kept_${table} as table ${table}`);
  const unseen: string[] = [];
  for (const [what, sql] of damages) {
    await pipeline.query(sql);
    if ((await differences()).length === 0) unseen.push(what);
    for (const table of ['things', 'thing_lines', 'thing_line_prices'])
      await pipeline.query(`delete from ${table}; insert into ${table} table kept_${table}`);
  }
  expect(unseen).toEqual([]);
  expect(await differences()).toEqual([]);
});
