import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll } from 'vitest';
import { extendedJsonOfDocument } from '../../../../src/bson/extended-json.ts';
import { openSource } from '../../../../src/source/open-source.ts';
import { parseSourceAddress } from '../../../../src/source/parse-source-address.ts';
import { describeDocumentSource } from '../../../contracts/document-source.contract.ts';
import { mixedIdDocuments } from '../../../support/mixed-ids.ts';
import { viewOf } from '../../../support/raw-bson.ts';
import { imagegenCollections, imagegenDocuments, imagegenFolder } from '../../../support/source-documents.ts';

const exported = (name: string): Buffer => readFileSync(join(imagegenFolder, 'export', name));
const documents = (...names: readonly string[]) =>
  new Map(names.map((name) => [name, imagegenDocuments(name)] as const));
const lines = (all: readonly Buffer[]): string =>
  all.map((document) => `${extendedJsonOfDocument(document, viewOf(document), 0)}\n`).join('');

const all = imagegenCollections;
const files = (form: string, suffix: string, pack: (bytes: Buffer) => Buffer = (bytes) => bytes) =>
  Object.fromEntries(all.map((name) => [`${name}${suffix}`, pack(exported(`${name}.${form}.jsonl`))]));

const forms = [
  ['a folder of canonical JSON lines', files('canonical', '.jsonl'), '', documents(...all)],
  ['a folder of relaxed JSON lines', files('relaxed', '.json'), '', documents(...all)],
  ['a folder, packed', files('relaxed', '.ndjson.gz', gzipSync), '', documents(...all)],
  [
    'an array over many lines',
    { 'tasks.json': exported('tasks.array.json') },
    'tasks.json',
    documents('tasks'),
  ],
  [
    'an array, packed',
    { 'tasks.json.gz': gzipSync(exported('tasks.array.json')) },
    'tasks.json.gz',
    documents('tasks'),
  ],
  [
    'documents over many lines without an array',
    {
      'tasks.json': Buffer.from(
        exported('tasks.array.json').toString().slice(1, -3).replaceAll('},\n{', '}\n{'),
      ),
    },
    'tasks.json',
    documents('tasks'),
  ],
  [
    '_ids of many types',
    { 'mixed.json': lines(mixedIdDocuments) },
    'mixed.json',
    new Map([['mixed', mixedIdDocuments]]),
  ],
] as const;

const base = mkdtempSync(join(tmpdir(), 'docrow-test-'));
afterAll(() => rmSync(base, { recursive: true }));

for (const [name, content, path, collections] of forms) {
  describeDocumentSource(`export source: ${name}`, async () => {
    const folder = join(base, name);
    mkdirSync(folder);
    for (const [file, bytes] of Object.entries(content)) writeFileSync(join(folder, file), bytes);
    return {
      open: () => openSource(parseSourceAddress(join(folder, path))),
      collections,
      order: 'stored',
      resumeEvery: 97,
    };
  });
}
