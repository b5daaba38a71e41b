import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Document, serialize } from 'bson';

/** A project folder and the dump that it migrates. */
export interface TestProject {
  readonly dir: string;
  /** A mongodump folder. */
  readonly source: string;
  /** The file of a collection in it. */
  file(collection: string): string;
  remove(): void;
}

/**
 * Writes a project: its mappings and transforms, and a dump of the database `shop`.
 * @param files content by path in the project folder
 * @param collections documents by collection, as objects or as BSON
 */
export function createProject(
  files: Readonly<Record<string, string>>,
  collections: Readonly<Record<string, readonly (Document | Uint8Array)[]>> = {},
): TestProject {
  const dir = mkdtempSync(join(tmpdir(), 'docrow-project-'));
  const source = join(dir, 'dump');
  const file = (collection: string): string => join(source, 'shop', `${encodeURIComponent(collection)}.bson`);
  mkdirSync(join(source, 'shop'), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  for (const [collection, documents] of Object.entries(collections)) {
    writeFileSync(file(collection), bsonOf(documents));
  }
  return { dir, source, file, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Documents one after the other, as a .bson file holds them. */
export const bsonOf = (documents: readonly (Document | Uint8Array)[]): Buffer =>
  Buffer.concat(documents.map((one) => (one instanceof Uint8Array ? one : serialize(one))));

export interface TableText {
  /** Default `id`. */
  readonly key?: string | readonly string[];
  /** One YAML line each. */
  readonly columns: readonly string[];
  /** Lines at the level of `columns`, such as `rest:`, `indexes:` and, of a child table, `each:`. */
  readonly more?: readonly string[];
}

export interface MappingText extends TableText {
  readonly collection: string;
  /** Name of the root table, where it is not that of the collection. */
  readonly table?: string;
  /** Child tables by name. */
  readonly children?: Readonly<Record<string, TableText>>;
}

/** The YAML of a mapping. */
export function mappingYaml({ collection, table = collection, children = {}, ...root }: MappingText): string {
  return [
    `collection: ${JSON.stringify(collection)}`,
    'tables:',
    ...tableYaml(table, root),
    ...Object.entries(children).flatMap(([name, child]) => tableYaml(name, child)),
    '',
  ].join('\n');
}

function tableYaml(name: string, { key = 'id', columns, more = [] }: TableText): readonly string[] {
  return [
    `  ${JSON.stringify(name)}:`,
    `    key: ${JSON.stringify([key].flat())}`,
    '    columns:',
    ...columns.map((line) => `      ${line}`),
    ...more.map((line) => `    ${line}`),
  ];
}
