import { writeFileSync } from 'node:fs';
import { Double, serialize } from 'bson';
import { describe, expect, test } from 'vitest';
import { bsonOf, createProject, mappingYaml } from '../../support/bson-dump.ts';
import { compareRowsDirectly, differenceLines } from '../../support/compare-rows-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
const { migrate, query, rejections } = pipeline;

const compare = (collection: string, ids?: readonly object[]) =>
  compareRowsDirectly(
    { source: pipeline.project.source, target: pipeline.uri, dir: pipeline.project.dir },
    collection,
    ids === undefined ? {} : { ids: idsOf(ids) },
  );
async function* idsOf(ids: readonly object[]) {
  for (const id of ids) yield [serialize(id)];
}

/** A composite key that is not the `_id`: docrow keeps the pairs. */
const people = mappingYaml({
  collection: 'people',
  key: ['last', 'first'],
  columns: [
    'first: { from: first, type: text, required: true }',
    'last: { from: last, type: text, required: true }',
    'age: { from: age, type: integer }',
  ],
  children: {
    pets: {
      key: ['last', 'first', 'n'],
      columns: [
        'last: { from: ^last }',
        'first: { from: ^first }',
        'n: { from: $index, type: integer }',
        'name: { from: $item, type: text }',
      ],
      more: ['each: pets'],
    },
  },
});
const person = (id: unknown, first: string, last: string, age: unknown, pets: readonly string[] = []) => ({
  _id: id,
  first,
  last,
  age,
  pets,
});

const items = (more: readonly string[] = []) =>
  mappingYaml({
    collection: 'items',
    columns: ['id: { from: _id, type: integer }', 'name: { from: name, type: text }'],
    more,
  });

describe('docrow.document_key', () => {
  const load = async (): Promise<void> => {
    pipeline.project = createProject(
      { 'mappings/people.yaml': people },
      {
        people: [
          person(1, 'a', 'x', 1, ['rex']),
          person(2, 'b', 'x', 2, ['tom', 'kit']),
          person(3, 'a', 'x', 3, ['bo']),
          person(4, 'c', 'x', 'old', ['no']),
          person('five', 'd', 'y', 5),
          person(6, 'e', 'y', 6, ['zoe']),
          { first: 'none', last: 'none' },
        ],
      },
    );
    await migrate();
    expect(await rejections()).toEqual([
      'people duplicate-value  {"$numberInt":"3"}',
      'people value-mismatch age {"$numberInt":"4"}',
      'people value-required  ',
    ]);
  };

  test('leads to rows, and what was set aside is no difference', async () => {
    await load();
    const outcome = await compare('people');
    expect(differenceLines(outcome)).toEqual([]);
    expect(outcome.tables).toMatchObject([{ actualRows: 4 }, { actualRows: 4 }]);
    expect(differenceLines(await compare('people', [{ _id: 3 }, { _id: 1 }, { _id: 77 }]))).toEqual([]);
  });

  test('a pair that is missing, one that leads nowhere, and rows without one', async () => {
    await load();
    await query(
      `delete from docrow.document_key where id = '\\x${Buffer.from(serialize({ _id: 2 })).toString('hex')}';
      delete from pets where last = 'y'; delete from people where first = 'e';
      insert into people values ('new', 'z', 1); insert into pets values ('z', 'new', 0, 'new')`,
    );
    expect(differenceLines(await compare('people'))).toEqual([
      'extra-row people z new',
      'extra-row pets z new 0',
      'missing-row docrow.document_key x b',
      'missing-row people y e',
      'missing-row pets y e 0',
    ]);
  });

  test('rows of a rejected document, and a pair for one that is not in the source', async () => {
    await load();
    await query(
      `insert into people values ('c', 'x', 4); insert into pets values ('x', 'c', 0, 'no');
      insert into people values ('q', 'x', 4);
      insert into docrow.document_key select 'people', id, array[textsend('x'), textsend('c')] from docrow.rejection
        where code = 'value-mismatch';
      insert into docrow.document_key values
        ('people', '\\x${Buffer.from(serialize({ _id: 99 })).toString('hex')}', array[textsend('x'), textsend('q')]),
        ('people', '\\x${Buffer.from(serialize({ _id: 98 })).toString('hex')}', array[textsend('gone'), textsend('gone')])`,
    );
    const outcome = await compare('people');
    expect(differenceLines(outcome)).toEqual([
      'extra-row docrow.document_key',
      'extra-row docrow.document_key',
      'extra-row docrow.document_key x c',
      'extra-row people x c',
      'extra-row people x q',
      'extra-row pets x c 0',
    ]);
    expect(outcome.differences.find(({ key }) => key['first'] === 'q')!.id).toBe('{"$numberInt":"99"}');
  });

  test('a rejection that is forgotten: its document has no rows, since the key is the other one’s', async () => {
    await load();
    await query("delete from docrow.rejection where code = 'duplicate-value'");
    expect(differenceLines(await compare('people'))).toEqual([
      'missing-row docrow.document_key x a',
      'missing-row people x a',
      'missing-row pets x a 0',
    ]);
  });
});

test('a newer dump, appended: what is rejected for a row of before is no difference', async () => {
  pipeline.project = createProject({ 'mappings/people.yaml': people }, { people: [person(1, 'a', 'x', 1)] });
  await migrate();
  writeFileSync(pipeline.project.file('people'), bsonOf([person(1, 'a', 'x', 2), person(2, 'b', 'x', 2)]));
  await migrate({ onExisting: 'append' });
  expect(await rejections()).toEqual(['people duplicate-value  {"$numberInt":"1"}']);
  expect(differenceLines(await compare('people'))).toEqual([]);
});

test('the rows of a document are not too many because another one with its _id, read far from it, has none', async () => {
  const others = Array.from({ length: 600 }, (_, n) => ({ _id: 100 + n, name: 'x' }));
  pipeline.project = createProject(
    { 'mappings/items.yaml': items() },
    { items: [{ _id: 1, name: 'a' }, ...others, { _id: new Double(1), name: 'b' }, { _id: 1, name: 'a' }] },
  );
  await migrate();
  expect(await rejections()).toHaveLength(2);
  const outcome = await compare('items');
  expect(differenceLines(outcome)).toEqual([]);
  expect(outcome.tables[0]).toMatchObject({ expectedRows: 601, actualRows: 601 });
});

describe('what is expected of a document', () => {
  test('nothing where the filter leaves it out', async () => {
    pipeline.project = createProject(
      { 'mappings/items.yaml': items().replace('tables:', 'where: { name: { $ne: no } }\ntables:') },
      {
        items: [
          { _id: 1, name: 'yes' },
          { _id: 2, name: 'no' },
          { _id: 3, name: 'no' },
        ],
      },
    );
    await migrate();
    expect(differenceLines(await compare('items'))).toEqual([]);
    await query("insert into items values (3, 'no')");
    expect(differenceLines(await compare('items'))).toEqual(['extra-row items 3']);
  });

  test('rows, where the load rejected it and the conversion does not', async () => {
    pipeline.project = createProject(
      { 'mappings/items.yaml': items() },
      {
        items: [
          { _id: 1, name: 'a' },
          { _id: 2, name: 'b' },
        ],
      },
    );
    await migrate();
    await query(
      `delete from items where id = 2;
      insert into docrow.rejection (run_id, collection, id, id_text, code, path, reason)
        select run_id, 'items', '\\x${Buffer.from(serialize({ _id: 2 })).toString('hex')}', '2', 'value-mismatch', 'name', 'x' from docrow.run`,
    );
    expect(differenceLines(await compare('items'))).toEqual(['missing-row items 2']);
    await query("update docrow.rejection set code = 'row-refused'");
    expect(differenceLines(await compare('items'))).toEqual([]);
  });

  test('in a dump with one _id several times, the rows of the one that stayed', async () => {
    const same = { _id: 1, name: 'same' };
    pipeline.project = createProject(
      { 'mappings/items.yaml': items() },
      {
        items: [
          same,
          same,
          same,
          { _id: 2, name: 'first' },
          { _id: new Double(2), name: 'second' },
          { _id: 3, name: 'c' },
        ],
      },
    );
    await migrate();
    expect(await rejections()).toHaveLength(3);
    expect(differenceLines(await compare('items'))).toEqual([]);
    expect(differenceLines(await compare('items', [{ _id: 1 }, { _id: 2 }]))).toEqual([]);
    await query("insert into items values (4, 'x')");
    expect(differenceLines(await compare('items'))).toEqual(['extra-row items 4']);
    // One rejection less than copies: a row is expected that is not there.
    await query(
      'delete from items where id = 4; delete from docrow.rejection where id_text = \'{"$numberInt":"1"}\'',
    );
    expect((await compare('items')).tables[0]).toMatchObject({ expectedRows: 5, actualRows: 3, missing: 2 });
  });

  test('NULL, where the load emptied a reference that leads nowhere, and nowhere else', async () => {
    const child = mappingYaml({
      collection: 'kids',
      columns: [
        'id: { from: _id, type: integer }',
        'item: { from: item, type: integer, references: items.id, orphans: null }',
      ],
      children: {
        toys: {
          key: ['kid', 'n'],
          columns: [
            'kid: { from: ^id }',
            'n: { from: $index, type: integer }',
            'item: { from: $item, type: integer, references: items.id, orphans: null }',
          ],
          more: ['each: toys'],
        },
      },
    });
    pipeline.project = createProject(
      { 'mappings/items.yaml': items(), 'mappings/kids.yaml': child },
      {
        items: [
          { _id: 1, name: 'a' },
          { _id: 2, name: 'b' },
        ],
        kids: [
          { _id: 1, item: 9, toys: [1, 8, 2, 7] },
          { _id: 2, item: 1, toys: [] },
        ],
      },
    );
    await migrate();
    expect(differenceLines(await compare('kids'))).toEqual([]);
    await query('update toys set item = null where n = 0; update kids set item = null where id = 2');
    expect(differenceLines(await compare('kids'))).toEqual([
      'changed-value kids 2 item: 1 -> NULL',
      'changed-value toys 1 0 item: 1 -> NULL',
    ]);
  });

  test('beside rows that were there before an append, which are said not to be covered', async () => {
    pipeline.project = createProject(
      { 'mappings/items.yaml': items() },
      {
        items: [
          { _id: 1, name: 'a' },
          { _id: 2, name: 'b' },
        ],
      },
    );
    await migrate();
    writeFileSync(
      pipeline.project.file('items'),
      bsonOf([
        { _id: 2, name: 'B' },
        { _id: 3, name: 'c' },
      ]),
    );
    await migrate({ onExisting: 'append' });
    const outcome = await compare('items');
    expect(differenceLines(outcome)).toEqual([]);
    expect(outcome.notCovered).toEqual([expect.stringContaining('held rows before the load')]);
    expect(outcome.tables[0]).toMatchObject({ expectedRows: 1, actualRows: 1 });
    await query("update items set name = 'x' where id = 3; insert into items values (7, 'x')");
    expect(differenceLines(await compare('items'))).toEqual([
      'changed-value items 3 name: c -> x',
      'extra-row items',
    ]);
  });
});
