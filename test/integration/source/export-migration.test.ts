import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, inject, it } from 'vitest';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';
import { repositoryFolder } from '../../support/docrow-process.ts';
import { sampleTables } from '../../support/kill-campaign.ts';
import { migrateDirectly, stopAfter } from '../../support/migrate-directly.ts';
import { createDatabase } from '../../support/postgres-server.ts';
import { imagegenCollections, imagegenFolder } from '../../support/source-documents.ts';
import { readTarget } from '../../support/target-content.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const exportOf = (form: string, suffix: string, pack = (bytes: Buffer) => bytes): string =>
  temporaryFolder(
    Object.fromEntries(
      imagegenCollections.map((name) => {
        const bytes = readFileSync(join(imagegenFolder, 'export', `${name}.${form}.jsonl`));
        return [`${name}${suffix}`, pack(bytes)];
      }),
    ),
  );

/** What the sample becomes, loaded in so many goes. */
async function load(source: string, chunksPerGo: number | undefined, workers = '1') {
  const database = await createDatabase(inject('postgresUri'));
  try {
    const options = { source, target: database.uri, dir: repositoryFolder, workers, chunkDocuments: '500' };
    let goes = 1;
    if (chunksPerGo !== undefined) {
      while ((await migrateDirectly(options, stopAfter(chunksPerGo))).status === 'interrupted') goes++;
    }
    const { totals } = await migrateDirectly(options);
    return { goes, totals, content: await readTarget(database.uri, sampleTables) };
  } finally {
    await database.drop();
  }
}

it('exports give the same rows and rejections as the dump, in one go and in several', async () => {
  const reference = await load(join(imagegenFolder, 'dump'), undefined);
  const totals = { read: 3940, loaded: 3903, rejected: 37, filtered: 0 };
  expect(reference.totals).toMatchObject(totals);
  const relaxed = await load(exportOf('relaxed', '.json.gz', gzipSync), 2);
  expect(relaxed.goes).toBeGreaterThan(2);
  expect(relaxed.content).toEqual(reference.content);
  const canonical = await load(exportOf('canonical', '.jsonl'), undefined, '2');
  expect(canonical.content).toEqual(reference.content);
  expect(canonical.totals).toMatchObject(totals);
});

it('a last line that is cut short stops the collection after everything before it', async () => {
  const database = await createDatabase(inject('postgresUri'));
  const columns = ['id: { from: _id, type: text }', 'n: { from: n, type: integer }'];
  const project = createProject({ 'mappings/x.yaml': mappingYaml({ collection: 'x', columns }) });
  const source = join(temporaryFolder({ 'x.jsonl': '{"n":1}\n{"n":2}\n{"n":' }), 'x.jsonl');
  try {
    const report = await migrateDirectly({ source, target: database.uri, dir: project.dir });
    expect(report.errors).toMatchObject([{ code: 'source-corrupt' }]);
    expect(report.errors[0]?.message).toMatch(/x\.jsonl is damaged at line 3, byte 21, document 3/);
    const { tables } = await readTarget(database.uri, ['x']);
    expect(tables['x']?.length).toBe(2);
    expect(JSON.stringify(tables['x'])).toMatch(/x#0.*x#1/);
  } finally {
    project.remove();
    await database.drop();
  }
});
