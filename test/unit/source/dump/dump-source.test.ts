import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openDumpSource } from '../../../../src/source/dump/open-dump-source.ts';
import { describeDocumentSource } from '../../../contracts/document-source.contract.ts';
import { mixedIdDocuments } from '../../../support/mixed-ids.ts';
import { imagegenCollections, imagegenDocuments, imagegenFolder } from '../../../support/source-documents.ts';

const all = new Map(imagegenCollections.map((name) => [name as string, imagegenDocuments(name)]));
const tasks = new Map([['tasks', imagegenDocuments('tasks')]]);

const forms = [
  ['a folder', 'dump', all],
  ['the folder of a database', 'dump/imagegen', all],
  ['a folder, packed', 'dump-gzip', all],
  ['an archive', 'imagegen.archive', all],
  ['an archive, packed', 'imagegen.archive.gz', all],
  ['a .bson file', 'dump/imagegen/tasks.bson', tasks],
  ['a .bson file, packed', 'dump-gzip/imagegen/tasks.bson.gz', tasks],
] as const;

for (const [name, path, collections] of forms) {
  describeDocumentSource(`dump source: ${name}`, async () => ({
    open: () => openDumpSource({ kind: 'dump', path: join(imagegenFolder, path), database: undefined }),
    collections,
    order: 'stored',
    resumeEvery: 97,
  }));
}

const folder = mkdtempSync(join(tmpdir(), 'docrow-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

describeDocumentSource('dump source: _ids of many types', async () => {
  const path = join(folder, 'mixed.bson');
  writeFileSync(path, Buffer.concat(mixedIdDocuments));
  return {
    open: () => openDumpSource({ kind: 'dump', path, database: undefined }),
    collections: new Map([['mixed', mixedIdDocuments]]),
    order: 'stored',
    resumeEvery: 1,
  };
});
