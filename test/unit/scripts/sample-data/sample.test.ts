import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BSON, type Document, serialize } from 'bson';
import { describe, expect, test } from 'vitest';
import { subtaskDirt, taskDirt, userDirt } from '../../../../scripts/sample-data/dirt.ts';
import { type KnownRejection, planSample, type Sample } from '../../../../scripts/sample-data/sample.ts';
import { writeDump } from '../../../../scripts/sample-data/write-dump.ts';

const shipped = new URL('../../../../samples/imagegen/known-rejections.json', import.meta.url);

function generate(sample: Sample, name: string): readonly Document[] {
  const collection = sample.collections.find((each) => each.name === name)!;
  const documents = [...collection.generate()];
  expect(documents).toHaveLength(collection.documents);
  return documents;
}

const bytesOf = (sample: Sample): string =>
  sample.collections
    .map(({ generate: all }) => Buffer.concat([...all()].map((each) => serialize(each))).toString('hex'))
    .join();

const totals = (rejections: readonly KnownRejection[]): Readonly<Record<string, number>> => {
  const sums: Record<string, number> = {};
  for (const { collection, documents } of rejections) sums[collection] = (sums[collection] ?? 0) + documents;
  return sums;
};

describe('the generated sample', () => {
  test('has the numbers of the shipped one at its size', () => {
    const sample = planSample({ documents: 3940, seed: 1, clean: false });
    const sizes = sample.collections.map(({ name }) => [name, generate(sample, name).length]);
    expect(sizes).toEqual([
      ['users', 240],
      ['tasks', 700],
      ['dramatiq_tasks', 3000],
    ]);
    const withoutFollowers = (list: readonly KnownRejection[]) =>
      list
        .filter(({ code }) => code !== 'reference-set-aside')
        .map((each) => JSON.stringify(each))
        .sort();
    const known: readonly KnownRejection[] = JSON.parse(readFileSync(shipped, 'utf8'));
    expect(withoutFollowers(sample.knownRejections())).toEqual(withoutFollowers(known));
  });

  test('is the same for the same seed and another one for another', () => {
    const bytes = (seed: number) => bytesOf(planSample({ documents: 300, seed, clean: false }));
    expect(bytes(7)).toBe(bytes(7));
    expect(bytes(7)).not.toBe(bytes(8));
  });

  test('refers to tasks that are there, but for the known orphans and followers', () => {
    const sample = planSample({ documents: 5000, seed: 3, clean: false });
    for (const { name } of sample.collections) generate(sample, name);
    const tasks = new Map(generate(sample, 'tasks').map((task) => [task['id'], task]));
    const isSetAside = (task: Document | undefined) =>
      task?.['tags'].some((tag: unknown) => typeof tag !== 'string') ||
      task?.['priority']?.value === 1.5 ||
      task?.['total_images']?._bsontype === 'Long';
    const parents = generate(sample, 'dramatiq_tasks')
      .filter((each) => each['parent_task_id'] !== null)
      .map((each) => tasks.get(each['parent_task_id']));
    const known = (code: string) =>
      sample.knownRejections().find((each) => each.code === code && each.collection === 'dramatiq_tasks')
        ?.documents;
    expect(parents.filter((task) => task === undefined)).toHaveLength(known('reference-missing')!);
    const followers = parents.filter(isSetAside).length;
    expect(known('reference-set-aside')).toBeGreaterThan(0);
    // A follower whose own value does not fit is set aside for that.
    expect(followers - known('reference-set-aside')!).toBeLessThanOrEqual(3);
  });

  test('has no two documents with one _id', () => {
    const sample = planSample({ documents: 20_000, seed: 1, clean: false });
    const ids = sample.collections.flatMap(({ name }) =>
      generate(sample, name).map((each) => String(each['_id'])),
    );
    expect(new Set(ids).size).toBe(20_000);
  });

  test('has none of the dirt when it is to be clean', () => {
    const sample = planSample({ documents: 2000, seed: 1, clean: true });
    const shapes = sample.collections.map(
      ({ name }) => new Set(generate(sample, name).map((each) => Object.keys(each).join())).size,
    );
    expect(shapes).toEqual([1, 1, 1]);
    expect(sample.knownRejections()).toEqual([]);
  });

  test.each([
    ['users', userDirt.length],
    ['tasks', taskDirt.length],
    ['dramatiq_tasks', subtaskDirt.length],
  ])('has each kind of dirt in %s', (name, kinds) => {
    const dirty = planSample({ documents: 3940, seed: 1, clean: false });
    const clean = planSample({ documents: 3940, seed: 1, clean: true });
    const cleanTexts = generate(clean, name).map((each) => BSON.EJSON.stringify(each, { relaxed: false }));
    const changed = generate(dirty, name).filter(
      (each, index) => BSON.EJSON.stringify(each, { relaxed: false }) !== cleanTexts[index],
    );
    expect(changed.length).toBeGreaterThanOrEqual(kinds);
  });

  test('is written as mongodump writes it', async () => {
    const out = mkdtempSync(join(tmpdir(), 'docrow-sample-'));
    try {
      const sample = planSample({ documents: 200, seed: 1, clean: false });
      await writeDump(sample, out, 'imagegen');
      expect(readdirSync(out).sort()).toEqual(['imagegen', 'known-rejections.json']);
      const data = ['dramatiq_tasks', 'tasks', 'users'];
      expect(readdirSync(join(out, 'imagegen')).sort()).toEqual(
        data.flatMap((name) => [`${name}.bson`, `${name}.metadata.json`]),
      );
      const users = readFileSync(join(out, 'imagegen', 'users.bson'));
      const expected = Buffer.concat(generate(sample, 'users').map((each) => serialize(each)));
      expect(users.equals(expected)).toBe(true);
      const metadata = JSON.parse(readFileSync(join(out, 'imagegen', 'tasks.metadata.json'), 'utf8'));
      expect(metadata.indexes.map((each: { name: string }) => each.name)).toEqual([
        '_id_',
        'username_1_created_at_-1',
      ]);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  });
});

test('the shipped sample is known to lose 2 users, 5 tasks and 30 subtasks', () => {
  expect(totals(JSON.parse(readFileSync(shipped, 'utf8')))).toEqual({
    users: 2,
    tasks: 5,
    dramatiq_tasks: 30,
  });
});
