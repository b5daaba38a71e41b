import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createDocumentReader } from '../../../src/bson/document-reader.ts';
import { loadMappings } from '../../../src/mapping/load-mappings.ts';
import { loadTransforms } from '../../../src/mapping/load-transforms.ts';
import { typeSql } from '../../../src/mapping/type-sql.ts';

const { collections } = await loadMappings({ projectFolder: '.' });
const columnsOf = (collection: string): Readonly<Record<string, string>> => {
  const [table] = collections.find((each) => each.collection === collection)!.tables;
  return Object.fromEntries(
    table!.columns.map(({ name, type, default: value }) => [
      name,
      value === undefined ? typeSql(type) : `${typeSql(type)} = ${JSON.stringify(value)}`,
    ]),
  );
};

describe('the sample', () => {
  it('has tasks before the subtasks that refer to them', () => {
    expect(collections.map(({ collection }) => collection)).toEqual(['tasks', 'dramatiq_tasks', 'users']);
    const subtasks = collections[1]!.tables[0]!;
    expect(subtasks.name).toBe('subtasks');
    expect(subtasks.constraintNames.foreignKey).toEqual({ parent_task_id: 'subtasks_parent_task_id_fkey' });
  });

  it('keeps every field that no column takes', () => {
    for (const { tables } of collections) {
      for (const { rest } of tables) expect(rest).toEqual({ name: 'extra' });
    }
  });

  it('has the columns and defaults of users', () => {
    expect(columnsOf('users')).toEqual({
      id: 'uuid',
      email: 'text',
      hashed_password: 'text',
      fullname: 'text',
      roles: 'text[] = ["user"]',
      is_active: 'boolean = true',
      created_at: 'timestamptz',
      updated_at: 'timestamptz',
    });
  });

  it('has the columns and defaults of tasks', () => {
    expect(columnsOf('tasks')).toEqual({
      id: 'uuid',
      task_name: 'text',
      username: 'text',
      tags: 'text[] = []',
      variables: 'jsonb = {}',
      settings: 'jsonb = {}',
      status: 'text = "pending"',
      created_at: 'timestamptz',
      updated_at: 'timestamptz',
      total_images: 'integer = 0',
      all_subtasks_completed: 'boolean = false',
      is_deleted: 'boolean = false',
      priority: 'integer = 1',
    });
  });

  it('has the columns and defaults of subtasks, and a count of prompts', () => {
    expect(columnsOf('dramatiq_tasks')).toEqual({
      id: 'uuid',
      parent_task_id: 'uuid',
      variable_indices: 'integer[] = [null,null,null,null,null,null]',
      variable_types_map: 'jsonb = {}',
      type_to_variable: 'jsonb = {}',
      status: 'text = "pending"',
      result: 'jsonb',
      error: 'text',
      retry_count: 'integer = 0',
      prompts: 'jsonb = []',
      prompt_count: 'integer = 0',
      ratio: 'text = "1:1"',
      seed: 'bigint',
      use_polish: 'boolean = false',
      created_at: 'timestamptz',
      updated_at: 'timestamptz',
      rating: 'integer',
      evaluate: 'text',
    });
  });

  it('has a child table of prompts', () => {
    const [, prompts, ...more] = collections[1]!.tables;
    expect(more).toEqual([]);
    expect(prompts).toMatchObject({
      name: 'subtask_prompts',
      each: { parent: 'subtasks', path: ['prompts'], parentKey: ['subtask_id'], mismatch: 'reject' },
      key: ['subtask_id', 'position'],
      constraintNames: {
        foreignKey: { subtask_id: 'subtask_prompts_subtask_id_fkey' },
        parentKey: undefined,
      },
    });
    expect(prompts!.columns.map(({ name, type }) => `${name} ${typeSql(type)}`)).toEqual([
      'subtask_id uuid',
      'position integer',
      'kind text',
      'value text',
      'weight double precision',
    ]);
  });

  it('counts the prompts of real documents', async () => {
    const subtasks = collections.find(({ collection }) => collection === 'dramatiq_tasks')!;
    const promptCount = (await loadTransforms('.', subtasks)).get('promptCount')!;
    const bytes = readFileSync('test/fixtures/imagegen/dump/imagegen/dramatiq_tasks.bson');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const reader = createDocumentReader();
    const documents = new Map<unknown, number>();
    for (let start = 0; start < bytes.length; start += view.getInt32(start, true)) {
      reader.pointAt(bytes, view, start);
      const count = promptCount(reader.get('prompts'), reader);
      documents.set(count, (documents.get(count) ?? 0) + 1);
    }
    expect(Object.fromEntries(documents)).toEqual({ 1: 983, 2: 1001, 3: 916, undefined: 100 });
  });
});
