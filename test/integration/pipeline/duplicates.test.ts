import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { usePipeline } from '../../support/use-pipeline.ts';

const pipeline = usePipeline();
const { migrate, values, rejections } = pipeline;

describe('duplicates', () => {
  const columns = [
    'id: { from: _id, type: text, convert: ejson }',
    'email: { from: email, type: text, unique: true }',
  ];

  test('of a unique value: the smallest _id in BSON order stays, whatever the order of reading', async () => {
    // As texts of Extended JSON, and as PostgreSQL sorts them, these `_id`s have another order.
    const documents = [
      { _id: 'text', email: 'a' },
      { _id: 20, email: 'a' },
      { _id: 3, email: 'a' },
      { _id: true, email: 'a' },
      { _id: 100.5, email: 'b' },
      { _id: 4, email: 'b' },
      { _id: 5, email: null },
      { _id: 6, email: null },
      { _id: 7 },
    ];
    pipeline.project = createProject(
      { 'mappings/users.yaml': mappingYaml({ collection: 'users', columns }) },
      { users: documents },
    );
    const report = await migrate();
    expect(report.totals).toMatchObject({ read: 9, loaded: 5, rejected: 4 });
    expect(report.validation.verdict).toBe('match');
    expect(report.collections[0]?.attempt).toMatchObject({ read: 9, loaded: 5, rejected: 4 });
    expect(await rejections()).toEqual([
      'users duplicate-value email "text"',
      'users duplicate-value email true',
      'users duplicate-value email {"$numberDouble":"100.5"}',
      'users duplicate-value email {"$numberInt":"20"}',
    ]);
    expect(await values("select id from users where email = 'a'")).toEqual(['{"$numberLong":"3"}']);
  });

  test('of a unique value where an `_id` is longer than a key of an index may be', async () => {
    // What compression cannot make smaller: PostgreSQL compresses before it measures.
    const long = (n: number) =>
      Array.from({ length: 120 }, (_, i) => createHash('sha256').update(`${n} ${i}`).digest('hex')).join('');
    const mapping = mappingYaml({
      collection: 'users',
      columns: [
        'id: { from: _id, type: uuid, convert: uuidv5 }',
        'email: { from: email, type: text, unique: true }',
      ],
    });
    const documents = [1, 2, 3].map((n) => ({ _id: long(n), email: n === 3 ? 'other' : 'same' }));
    pipeline.project = createProject({ 'mappings/users.yaml': mapping }, { users: documents });
    const report = await migrate();
    expect(report.errors).toEqual([]);
    expect(report.totals).toMatchObject({ read: 3, loaded: 2, rejected: 1 });
    expect(await values('select octet_length(id) > 7000 from docrow.document_key')).toEqual([true, true]);
  });

  test('of a primary key: documents that share `id`, among them an exact copy', async () => {
    const mapping = mappingYaml({
      collection: 'users',
      columns: ['id: { from: [id, _id], type: uuid, convert: uuidv5 }', 'n: { from: n, type: integer }'],
    });
    const id = '6f7a2c1e-3f4b-5d8a-9c6e-2b1d0a9f8e7d';
    const documents = [
      { _id: 9, id, n: 9 },
      { _id: 2, id, n: 2 },
      { _id: 5, id, n: 5 },
      { _id: 1, n: 1 },
      { _id: 7, n: 7 },
      { _id: 7, n: 7 },
    ];
    pipeline.project = createProject({ 'mappings/users.yaml': mapping }, { users: documents });
    const report = await migrate();
    expect(report.totals).toMatchObject({ read: 6, loaded: 3, rejected: 3 });
    expect(report.validation.verdict).toBe('match');
    expect(await values('select n from users order by n')).toEqual([1, 2, 7]);
    expect(await values('select count(*)::int from docrow.document_key')).toEqual([3]);
    expect(await rejections()).toEqual([
      'users duplicate-value id {"$numberInt":"5"}',
      'users duplicate-value id {"$numberInt":"7"}',
      'users duplicate-value id {"$numberInt":"9"}',
    ]);
  });

  test('within a partial unique index: only rows inside it count', async () => {
    const mapping = mappingYaml({
      collection: 'users',
      columns: [
        'id: { from: _id, type: text, convert: ejson }',
        'email: { from: email, type: text }',
        'is_active: { from: is_active, type: boolean }',
      ],
      more: ['indexes:', '  - { columns: [email], unique: true, where: "is_active" }'],
    });
    const documents = [
      { _id: 1, email: 'a', is_active: false },
      { _id: 2, email: 'a', is_active: true },
      { _id: 3, email: 'a', is_active: true },
      { _id: 4, email: 'a', is_active: false },
      { _id: 5, email: 'a' },
    ];
    pipeline.project = createProject({ 'mappings/users.yaml': mapping }, { users: documents });
    expect((await migrate()).totals).toMatchObject({ read: 5, loaded: 4, rejected: 1 });
    expect(await rejections()).toEqual(['users duplicate-value email {"$numberInt":"3"}']);
  });

  test('documents without a key column are set aside before the key is built', async () => {
    const mapping = mappingYaml({ collection: 'users', columns: ['id: { from: id, type: integer }'] });
    pipeline.project = createProject(
      { 'mappings/users.yaml': mapping },
      { users: [{ _id: 1, id: 1 }, { _id: 2 }, { _id: 3, id: null }] },
    );
    const report = await migrate();
    expect(report.totals).toMatchObject({ read: 3, loaded: 1, rejected: 2 });
    expect(report.validation.verdict).toBe('match');
  });
});
