import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DocrowError } from '../../../src/errors/docrow-error.ts';
import type { RunEvent } from '../../../src/pipeline/run-event.ts';
import { profileCollection } from '../../../src/profiling/profile-collection.ts';
import { profileSource } from '../../../src/profiling/profile-source.ts';
import type { DocumentSource } from '../../../src/source/document-source.ts';
import { openSource } from '../../../src/source/open-source.ts';
import { bsonOf, createProject } from '../../support/bson-dump.ts';
import { typeCounts, valueAt } from '../../support/profile-documents.ts';
import { imagegenFolder } from '../../support/source-documents.ts';

const openDump = (path: string): Promise<DocumentSource> =>
  openSource({ kind: 'dump', path, database: undefined });

const numbered = (count: number) => Array.from({ length: count }, (_, index) => ({ _id: index, n: index }));

describe('the sample dump', () => {
  test('holds the dirt that it is known for', async () => {
    const source = await openDump(join(imagegenFolder, 'dump'));
    const profile = await profileSource(source);
    await source.close();
    expect(profile.database).toBe('imagegen');
    expect(profile.collections.map(({ name, documents }) => [name, documents])).toEqual([
      ['dramatiq_tasks', 3000],
      ['tasks', 700],
      ['users', 240],
    ]);
    const [dramatiq, tasks, users] = profile.collections.map(({ root }) => root) as [never, never, never];
    expect(typeCounts(valueAt(users, '_id'))).toEqual({ objectId: 231, string: 5, binData: 3, int: 1 });
    expect(valueAt(users, 'id').count).toBe(240 - 10);
    expect(valueAt(users, 'roles').count).toBe(240 - 12);
    expect(valueAt(users, 'last_ip').count).toBe(15);
    expect(typeCounts(valueAt(users, 'fullname'))['null']).toBe(1);
    expect(valueAt(users, 'fullname').strings?.withNul).toBe(1);
    expect(valueAt(users, 'created_at').strings).toMatchObject({ count: 4, dateTimes: 4 });
    expect(valueAt(tasks, 'tags', '[]').types).toContainEqual({ type: 'int', count: 3 });
    expect(valueAt(tasks, 'priority').doubles).toMatchObject({ count: 5, integral: 4 });
    expect(valueAt(tasks, 'total_images').integers?.max).toBeGreaterThan(2n ** 31n);
    expect(typeCounts(valueAt(dramatiq, 'seed'))).toMatchObject({ long: 50, double: 11 });
    expect(valueAt(dramatiq, 'seed').doubles).toMatchObject({ integral: 10, max: 1e20 });
    expect(typeCounts(valueAt(dramatiq, 'parent_task_id'))['null']).toBe(58);
    expect(valueAt(dramatiq, 'result', 'note').strings?.withNul).toBe(1);
    expect(valueAt(dramatiq, 'error').strings?.maxLength).toBe(200_000);
    expect(valueAt(dramatiq, 'status').strings?.values?.length).toBeLessThan(10);
  });
});

describe('a sample', () => {
  test('of a plain file is spread over it', async () => {
    const project = createProject({}, { things: numbered(20_000) });
    const source = await openDump(project.source);
    try {
      const [things] = (await profileSource(source, { sample: 160 })).collections;
      expect(things).toMatchObject({ documents: 160, isSample: true, sampledRanges: 16 });
      expect(things?.estimatedDocuments).toBeGreaterThan(10_000);
      expect(valueAt(things!.root, 'n').integers?.max).toBeGreaterThan(15_000n);
    } finally {
      await source.close();
      project.remove();
    }
  });

  test('of at least all documents is none', async () => {
    const project = createProject({}, { things: numbered(50) });
    const source = await openDump(project.source);
    try {
      for (const sample of [50, 51, 1000]) {
        const [things] = (await profileSource(source, { sample })).collections;
        expect(things).toMatchObject({ documents: 50, isSample: false, estimatedDocuments: undefined });
      }
      const [things] = (await profileSource(source, { sample: 49 })).collections;
      expect(things).toMatchObject({ documents: 49, isSample: true });
    } finally {
      await source.close();
      project.remove();
    }
  });
});

describe('what stands in the way', () => {
  test('a file that is cut short gives what is before the damage', async () => {
    const project = createProject({}, { bad: [], good: numbered(3) });
    writeFileSync(project.file('bad'), bsonOf(numbered(100)).subarray(0, -5));
    const source = await openDump(project.source);
    try {
      const events: RunEvent[] = [];
      const { collections } = await profileSource(source, { onEvent: (event) => events.push(event) });
      expect(collections.map(({ name, documents, stoppedBy }) => [name, documents, stoppedBy?.code])).toEqual(
        [
          ['bad', 99, 'source-corrupt'],
          ['good', 3, undefined],
        ],
      );
      const kinds = events.map(({ kind }) => kind);
      expect(kinds).toContain('collection-stopped');
      expect(kinds).toContain('collection-read');
    } finally {
      await source.close();
      project.remove();
    }
  });

  test('a name that is not there', async () => {
    const source = await openDump(join(imagegenFolder, 'dump'));
    const error = await profileSource(source, { only: ['user'] }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DocrowError);
    expect(error).toMatchObject({ code: 'source-not-found', message: expect.stringContaining('"users"') });
    await source.close();
  });

  test('a person who stops it', async () => {
    const source = await openDump(join(imagegenFolder, 'dump'));
    const stop = new AbortController();
    const onEvent = (event: RunEvent): void => {
      if (event.kind === 'documents-read') stop.abort();
    };
    const reading = profileSource(source, { onEvent, signal: stop.signal });
    await expect(reading).rejects.toMatchObject({ code: 'interrupted' });
    await source.close();
  });

  test('collections of MongoDB itself, and views that a dump does not hold', async () => {
    const source = await openDump(join(imagegenFolder, 'dump'));
    const base = { estimatedDocuments: undefined, estimatedBytes: undefined };
    const described: DocumentSource = Object.assign(Object.create(source) as DocumentSource, {
      describeCollection: () =>
        Promise.resolve({
          indexes: [],
          collation: undefined,
          validator: undefined,
          viewOn: 'users',
          timeField: undefined,
        }),
      planRanges: () => Promise.resolve([{ lower: undefined, upper: undefined }]),
      // biome-ignore lint/correctness/useYield: it fails before the first batch.
      readRange: async function* () {
        throw new DocrowError('source-not-found', 'The dump does not hold it');
      },
    });
    const system = await profileCollection(described, { name: 'system.views', kind: 'system', ...base });
    expect(system).toMatchObject({ documents: 0, skipped: expect.stringContaining('not migrated') });
    const view = await profileCollection(described, { name: 'active', kind: 'view', ...base });
    expect(view).toMatchObject({ documents: 0, skipped: expect.stringContaining('does not hold') });
    const missing = profileCollection(described, { name: 'gone', kind: 'collection', ...base });
    await expect(missing).rejects.toMatchObject({ code: 'source-not-found' });
    await source.close();
  });
});
