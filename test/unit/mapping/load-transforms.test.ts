import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDocumentReader } from '../../../src/bson/document-reader.ts';
import { loadMappings } from '../../../src/mapping/load-mappings.ts';
import { loadTransforms } from '../../../src/mapping/load-transforms.ts';
import type { CollectionMapping } from '../../../src/mapping/mapping.ts';
import { createProject, mappingOf } from './project-folder.ts';

const columns = [
  'id: { from: _id, type: text, convert: ejson }',
  'n: { from: n, type: integer, transform: count }',
];

async function load(transforms: string): Promise<{ folder: string; mapping: CollectionMapping }> {
  const folder = await createProject({
    'mappings/a.yaml': mappingOf('a', columns),
    'transforms/a.ts': transforms,
  });
  const { collections } = await loadMappings({ projectFolder: folder });
  return { folder, mapping: collections[0]! };
}

const typescript = `
import type { Transform } from 'docrow';
export const count: Transform = (value) => (Array.isArray(value) ? value.length : undefined);
export function other(): number { return 1; }
export const number = 5;
`;

describe('loadTransforms', () => {
  it('loads the functions that columns name, from TypeScript', async () => {
    const { folder, mapping } = await load(typescript);
    const transforms = await loadTransforms(folder, mapping);
    expect([...transforms.keys()]).toEqual(['count']);
    expect(transforms.get('count')?.([1, 2, 3], createDocumentReader())).toBe(3);
  });

  it('gives an empty map where no column names one', async () => {
    const folder = await createProject({ 'mappings/a.yaml': mappingOf('a', columns.slice(0, 1)) });
    const { collections } = await loadMappings({ projectFolder: folder });
    expect((await loadTransforms(folder, collections[0]!)).size).toBe(0);
  });

  it('sees a file that was changed since', async () => {
    const { folder, mapping } = await load('export const count = () => 1;');
    await writeFile(path.join(folder, 'transforms/a.ts'), 'export const count = () => 2;');
    const transforms = await loadTransforms(folder, mapping);
    expect(transforms.get('count')?.(null, createDocumentReader())).toBe(2);
  });

  it('says which functions the file does have', async () => {
    const { folder, mapping } = await load(typescript);
    await writeFile(path.join(folder, 'transforms/a.ts'), typescript.replace('const count', 'const cuont'));
    await expect(loadTransforms(folder, mapping)).rejects.toMatchObject({
      code: 'transform-invalid',
      message:
        'The file transforms/a.ts exports no function "count"; it exports cuont, other; did you mean "cuont"?',
      context: { file: 'transforms/a.ts', transform: 'count' },
    });
  });

  it.each([
    ['export const count = ;', 'cannot be loaded'],
    ['throw new Error("no disk")', 'cannot be loaded: no disk'],
    ['import "./missing.ts"', 'cannot be loaded'],
  ])('names a file that does not load: %s', async (text, words) => {
    const { folder, mapping } = await load(typescript);
    await writeFile(path.join(folder, 'transforms/a.ts'), text);
    await expect(loadTransforms(folder, mapping)).rejects.toMatchObject({
      code: 'transform-invalid',
      message: expect.stringContaining(words),
    });
  });

  it('is asked when mappings are loaded, with the place of the name', async () => {
    const folder = await createProject({
      'mappings/a.yaml': mappingOf('a', columns),
      'transforms/a.ts': 'export const cont = () => 1;',
    });
    await expect(loadMappings({ projectFolder: folder })).rejects.toMatchObject({
      code: 'mapping-invalid',
      message:
        'mappings/a.yaml:7:47: The file transforms/a.ts exports no function "count"; it exports cont; did you mean "cont"?',
    });
  });
});
