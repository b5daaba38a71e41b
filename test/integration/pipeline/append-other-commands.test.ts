import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { loadSettings } from '../../../src/config/load-settings.ts';
import { createUseCases } from '../../../src/resources/use-cases.ts';
import { bsonOf, createProject, mappingYaml } from '../../support/bson-dump.ts';
import { createControl } from '../../support/migrate-directly.ts';
import { planDirectly } from '../../support/plan-directly.ts';
import { retryDirectly } from '../../support/retry-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
const append = (more: Readonly<Record<string, unknown>> = {}) =>
  pipeline.migrate({ onExisting: 'append', ...more });
/** A later dump of the same collection. */
const dump = (documents: readonly object[], collection = 'items') =>
  writeFileSync(pipeline.project.file(collection), bsonOf(documents));

const items = `collection: items
tables:
  items:
    key: [id]
    columns:
      id: { from: _id, type: text, convert: ejson }
  items_tags:
    each: tags
    key: [item_id, position]
    columns:
      item_id: { from: ^id }
      position: { from: $index }
      label: { from: label, type: text }
`;
const first = Array.from({ length: 20 }, (_, _id) => ({ _id, tags: [{ label: 'a' }, { label: 'b' }] }));

beforeEach(() => {
  pipeline.project = createProject({ 'mappings/items.yaml': items }, { items: first });
});

test('of one collection: what it refers to was loaded by the earlier run', async () => {
  pipeline.project.remove();
  const child = (orphans: string) =>
    mappingYaml({
      collection: 'c',
      columns: [
        'id: { from: _id, type: integer }',
        `p: { from: p, type: integer, references: p.id, orphans: ${orphans} }`,
      ],
    });
  pipeline.project = createProject(
    {
      'mappings/p.yaml': mappingYaml({ collection: 'p', columns: ['id: { from: _id, type: integer }'] }),
      'mappings/c.yaml': child('reject'),
    },
    { p: [{ _id: 1 }], c: [{ _id: 1, p: 1 }] },
  );
  await pipeline.migrate();
  rmSync(pipeline.project.file('p'));
  dump(
    [
      { _id: 2, p: 1 },
      { _id: 3, p: 99 },
    ],
    'c',
  );
  expect(await append({ only: 'c' })).toMatchObject({ totals: { read: 2, loaded: 1, rejected: 1 } });
  expect(await pipeline.values('select distinct status from docrow.collection_run')).toEqual(['done']);
  writeFileSync(join(pipeline.project.dir, 'mappings', 'c.yaml'), child('"null"'));
  expect(await retryDirectly({ target: pipeline.uri, dir: pipeline.project.dir })).toMatchObject({
    exitCode: 0,
    totals: { retried: 1, loaded: 1, clearedReferences: 1 },
  });
});

test('plan says what it will do: no obstacle, and what is there already is named', async () => {
  await pipeline.migrate();
  dump([{ _id: 1 }, { _id: 100 }]);
  const plan = (more: Readonly<Record<string, unknown>> = {}) =>
    planDirectly({
      source: pipeline.project.source,
      target: pipeline.uri,
      dir: pipeline.project.dir,
      ...more,
    });
  expect(await plan()).toMatchObject({
    verdict: 'not ready',
    errors: [{ code: 'source-changed', hint: expect.stringContaining('--on-existing append') }],
    run: expect.stringContaining('--on-existing append adds this one'),
  });
  const ready = await plan({ onExisting: 'append' });
  expect(ready).toMatchObject({
    errors: [],
    exitCode: 0,
    nothingToDo: false,
    run: expect.stringContaining('a run of its own'),
    tables: [
      { table: 'items', state: 'appended' },
      { table: 'items_tags', state: 'appended' },
    ],
  });
  expect(ready.collections[0]?.afterLoad[0]).toContain(
    'is in items already are set aside as duplicate-value',
  );
  await append();
  expect(await plan({ onExisting: 'append' })).toMatchObject({ nothingToDo: true, errors: [] });
  dump(first);
  expect(await plan({ onExisting: 'append' })).toMatchObject({
    errors: [{ code: 'source-changed', message: expect.stringContaining('loaded already') }],
  });
});

test('validate compares with the source of the newest run, and with no other', async () => {
  await pipeline.migrate();
  dump([{ _id: 100 }]);
  await append();
  const validate = async () =>
    createUseCases().validate(
      await loadSettings(
        'validate',
        { source: pipeline.project.source, target: pipeline.uri, dir: pipeline.project.dir, level: 'counts' },
        {},
        '/',
      ),
      { aggregates: false },
      createControl(),
    );
  expect(await validate()).toMatchObject({ verdict: 'match' });
  dump(first);
  await expect(validate()).rejects.toMatchObject({
    code: 'source-changed',
    remedy: expect.stringContaining('--source'),
  });
});
