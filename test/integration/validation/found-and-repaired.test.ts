import { expect, test } from 'vitest';
import { loadSettings } from '../../../src/config/load-settings.ts';
import type { ValidationReport } from '../../../src/report/validation-report.ts';
import { validate } from '../../../src/resources/validate.ts';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { createControl } from '../../support/migrate-directly.ts';
import { repairDirectly } from '../../support/repair-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
const { migrate, query } = pipeline;

const levels = ['digests', 'rows', 'documents'] as const;
const place = () => ({
  source: pipeline.project.source,
  target: pipeline.uri,
  dir: pipeline.project.dir,
});
const compare = async (level: string): Promise<ValidationReport> => {
  const settings = await loadSettings('validate', { ...place(), level, workers: 1 }, {}, '/');
  return validate(settings, { aggregates: false }, createControl());
};
/** Found as it says, repaired by what was found, and equal then. */
const expectFound = async (level: string, differences: readonly object[]): Promise<void> => {
  const found = await compare(level);
  expect(found.verdict).toBe('mismatch');
  expect(found.differences.filter(({ kind }) => kind !== 'undeclared-loss')).toMatchObject(differences);
  expect(await repairDirectly(place())).toMatchObject({ status: 'clean', exitCode: 0 });
  expect(await compare(level)).toMatchObject({ verdict: 'match', differences: [] });
};

/** Through texts from `_id` no document is known of a row: docrow.document_key is. */
const texts = mappingYaml({
  collection: 'orders',
  columns: ['id: { from: _id, type: text }'],
  children: {
    lines: {
      key: ['order_id', 'n'],
      columns: ['order_id: { from: ^id }', 'n: { from: $index }', 'sku: { from: $item, type: text }'],
      more: ['each: lines'],
    },
  },
});

test.each(levels)('children of no document are named by their whole keys (%s)', async (level) => {
  pipeline.project = createProject(
    { 'mappings/orders.yaml': texts },
    {
      orders: [
        { _id: 'a', lines: ['x', 'y'] },
        { _id: 'b', lines: [] },
      ],
    },
  );
  await migrate();
  await query('alter table lines drop constraint lines_parent_fkey');
  await query("insert into lines values ('nobody', 0, 'x'), ('nobody', 3, 'y'), ('other', 1, null)");
  const extra = (order_id: string, n: string) => ({
    kind: 'extra-row',
    table: 'lines',
    key: { order_id, n },
  });
  await expectFound(level, [extra('nobody', '0'), extra('nobody', '3'), extra('other', '1')]);
});

test.each(levels)('a document whose key another one was set aside for is compared (%s)', async (level) => {
  const mapping = mappingYaml({
    collection: 'bills',
    key: 'number',
    columns: ['number: { from: number, type: integer }', 'total: { from: total, type: integer }'],
  });
  pipeline.project = createProject(
    { 'mappings/bills.yaml': mapping },
    {
      bills: [
        { _id: 1, number: 7, total: 10 },
        { _id: 2, number: 7, total: 20 },
        { _id: 3, number: 8, total: 30 },
      ],
    },
  );
  expect(await migrate()).toMatchObject({ totals: { loaded: 2, rejected: 1 } });
  expect(await compare(level)).toMatchObject({ verdict: 'match' });
  const row = { table: 'bills', key: { number: '7' }, id: '{"$numberInt":"1"}' };
  await query('update bills set total = 11 where number = 7');
  await expectFound(level, [
    { ...row, kind: 'changed-value', column: 'total', expected: '10', actual: '11' },
  ]);
  await query('delete from bills where number = 7');
  await expectFound(level, [{ ...row, kind: 'missing-row' }]);
});

test.each(levels)('an emptied reference that has a value should be NULL (%s)', async (level) => {
  const people = mappingYaml({ collection: 'people', columns: ['id: { from: _id, type: integer }'] });
  const pets = mappingYaml({
    collection: 'pets',
    columns: [
      'id: { from: _id, type: integer }',
      'owner: { from: owner, type: integer, references: people.id, orphans: "null" }',
    ],
  });
  pipeline.project = createProject(
    { 'mappings/people.yaml': people, 'mappings/pets.yaml': pets },
    {
      people: [{ _id: 1 }],
      pets: [
        { _id: 1, owner: 1 },
        { _id: 2, owner: 99 },
      ],
    },
  );
  await migrate();
  await query('update pets set owner = 1 where id = 2');
  const found = await compare(level);
  expect(found.differences[0]).toMatchObject({
    table: 'pets',
    column: 'owner',
    key: { id: '2' },
    actual: '1',
  });
  expect(found.differences[0]).not.toHaveProperty('expected');
});

/** Names that docrow's own statements use, too. */
const names = ['number', 'rows', 'place', 'n', 'd', 'id', 'document', 'docrow_number'];

test.each(levels)('columns may be called like anything (%s)', async (level) => {
  const mapping = mappingYaml({
    collection: 't',
    key: ['place', 'number'],
    columns: [
      ...names.map((name) => `${name}: { from: ${name}, type: integer }`),
      'rows_: { from: rows, type: integer }',
    ],
  });
  const document = (_id: string, n: number) => ({
    _id,
    ...Object.fromEntries(names.map((name, index) => [name, n + index])),
  });
  pipeline.project = createProject(
    {
      'mappings/t.yaml': mapping.replace(
        'rows: { from: rows, type: integer }',
        'rows: { from: rows, type: integer, unique: true }',
      ),
    },
    { t: [document('a', 1), document('b', 1), document('c', 2), { ...document('e', 5), rows: 3 }] },
  );
  expect(await migrate()).toMatchObject({ errors: [], totals: { loaded: 2, rejected: 2 } });
  await query('update t set d = 77 where number = 1; delete from t where number = 2');
  const found = await compare(level);
  expect(found.verdict).toBe('mismatch');
  expect(await repairDirectly(place())).toMatchObject({ status: 'clean', exitCode: 0 });
  expect(await compare(level)).toMatchObject({ verdict: 'match', differences: [] });
});
