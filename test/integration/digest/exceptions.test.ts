import { Decimal128 } from 'bson';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../../src/pipeline/run-event.ts';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { compareDigestsDirectly } from '../../support/digests-directly.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();

const compare = (collection: string, more = {}) =>
  compareDigestsDirectly(
    { source: pipeline.project.source, target: pipeline.uri, dir: pipeline.project.dir },
    collection,
    more,
  );

const parents = mappingYaml({
  collection: 'p',
  columns: ['id: { from: _id, type: integer }', 'email: { from: email, type: text, unique: true }'],
});
const people = [{ _id: 1, email: 'a' }, { _id: 2, email: 'a' }, { _id: 3, email: 'b' }, { _id: 4.5 }];

test('documents that constraints took out are not expected', async () => {
  const children = mappingYaml({
    collection: 'c',
    columns: [
      'id: { from: _id, type: integer }',
      'parent: { from: parent, type: integer, references: p.id, orphans: reject }',
    ],
  });
  pipeline.project = createProject(
    { 'mappings/p.yaml': parents, 'mappings/c.yaml': children },
    { p: people, c: [1, 2, 3, 99, null].map((parent, n) => ({ _id: n, parent })) },
  );
  expect(await pipeline.migrate()).toMatchObject({ totals: { loaded: 5, rejected: 4 } });
  const people1 = await compare('p');
  expect(people1).toMatchObject({ outcome: { isEqual: true, unjudged: 1 }, suspects: ['2'] });
  expect(people1.outcome).toMatchObject({ tables: [{ expectedRows: 2, actualRows: 2 }] });
  expect(await compare('c')).toMatchObject({ outcome: { isEqual: true, unjudged: 0 }, suspects: [] });
  await pipeline.query('insert into c values (3, null)');
  expect(await compare('c')).toMatchObject({ outcome: { isEqual: false }, suspects: ['3'] });
});

test('documents with references that were emptied are left to a comparison of rows', async () => {
  const children = mappingYaml({
    collection: 'c',
    columns: ['id: { from: _id, type: integer }', 'n: { from: n, type: integer }'],
    children: {
      links: {
        key: ['c_id', 'i'],
        columns: [
          'c_id: { from: ^id }',
          'i: { from: $index }',
          'to: { from: $item, type: integer, references: p.id, orphans: "null" }',
        ],
        more: ['each: links'],
      },
    },
  });
  pipeline.project = createProject(
    { 'mappings/p.yaml': parents, 'mappings/c.yaml': children },
    {
      p: people,
      c: [
        { _id: 1, links: [1, 3] },
        { _id: 2, links: [3, 77, 3] },
        { _id: 3, links: [] },
      ],
    },
  );
  await pipeline.migrate();
  const clean = await compare('c');
  expect(clean).toMatchObject({ outcome: { isEqual: true, unjudged: 1 }, suspects: ['2'] });
  expect(clean.outcome).toMatchObject({ tables: [{ actualRows: 3 }, { expectedRows: 5, actualRows: 5 }] });
  await pipeline.query('update links set "to" = 3 where c_id = 1 and i = 0');
  expect(await compare('c')).toMatchObject({ outcome: { isEqual: false }, suspects: ['1', '2'] });
});

test('of documents with one _id in a file one was kept', async () => {
  const mapping = mappingYaml({
    collection: 'p',
    columns: ['id: { from: _id, type: integer }', 'email: { from: email, type: text }'],
  });
  pipeline.project = createProject(
    { 'mappings/p.yaml': mapping },
    { p: [...people.slice(0, 3), { _id: 1, email: 'other' }, { _id: 3, email: 'b' }] },
  );
  expect(await pipeline.migrate()).toMatchObject({ totals: { loaded: 3, rejected: 2 } });
  expect(await compare('p')).toMatchObject({ outcome: { isEqual: true }, suspects: ['1', '3'] });
});

test('filtered documents, transforms, adjustments and numbers of every form', async () => {
  const mapping = mappingYaml({
    collection: 'f',
    columns: [
      'id: { from: _id, type: integer }',
      'n: { from: n, type: numeric, mismatch: rest }',
      'b: { from: b, type: boolean, mismatch: "null" }',
      'j: { from: n, type: jsonb }',
    ],
    more: ['rest: { column: rest, type: jsonb }'],
  });
  const numbers = ['NaN', 'Infinity', '-Infinity', '1E+30', '1.50E-9', '-0', '0.00', '1E-6000'].map((text) =>
    Decimal128.fromString(text),
  );
  const others = [0, -0, 1e21, 1e-7, 5e-324, Number.NaN, 'x', { a: -0 }, [1e300]];
  pipeline.project = createProject(
    { 'mappings/f.yaml': `${mapping}where: { keep: { $ne: false } }\n` },
    { f: [...numbers, ...others, 1].map((n, i) => ({ _id: i, n, b: i % 3, keep: i % 5 !== 4, more: n })) },
  );
  await pipeline.migrate();
  expect(await compare('f')).toMatchObject({ outcome: { isEqual: true, documents: { filtered: 3 } } });
});

test('rows that were there before cannot be told apart, which is said', async () => {
  pipeline.project = createProject({ 'mappings/p.yaml': parents }, { p: people });
  await pipeline.query('create table p (id integer not null, email text); insert into p values (100, null)');
  await pipeline.migrate({ onExisting: 'append' });
  expect((await compare('p')).outcome).toMatchObject({ kind: 'unavailable' });
});

test('a comparison that was stopped goes on after what was kept', async () => {
  const documents = Array.from({ length: 20_000 }, (_, n) => ({ _id: n, email: `${n}`.padEnd(200, 'x') }));
  pipeline.project = createProject({ 'mappings/p.yaml': parents }, { p: documents });
  await pipeline.migrate();
  const stop = new AbortController();
  let batches = 0;
  const stopping = compare('p', {
    signal: stop.signal,
    keepEveryBytes: 1,
    onEvent: () => ++batches === 3 && stop.abort(),
  });
  await expect(stopping).rejects.toMatchObject({ code: 'interrupted' });
  expect(await pipeline.values('select count(*)::int from docrow.digest_range')).toEqual([1]);
  let read = 0;
  const onEvent = (event: RunEvent) => {
    if (event.kind === 'documents-read') read += event.read;
  };
  expect(await compare('p', { onEvent })).toMatchObject({
    outcome: { isEqual: true, documents: { read: 20_000 } },
  });
  expect(read).toBeLessThan(18_000);
  expect(await pipeline.values('select count(*)::int from docrow.digest_range')).toEqual([0]);
  await pipeline.query("update p set email = 'y' where id = 5");
  expect(await compare('p')).toMatchObject({ suspects: ['5'] });
});
