import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { canonical, canonicalOfJson, parseJson } from './canonical.ts';
import { holds, keyOfNode, keyOfText, selectText, type WrittenColumn } from './compare-cell.ts';
import { fieldOf, find, parsePath, without } from './paths.ts';
import { type Fields, type Node, readDump, readFields, types } from './read-bson.ts';
import { type ReferencedKeys, readReferencedKeys } from './referenced-keys.ts';
import { quote, readMappings, rootOf, type WrittenMapping, type WrittenTable } from './written-mapping.ts';

/**
 * Compares every field of every document of a dump with PostgreSQL, by the mapping files of a project and no code of
 * docrow: what is in no column and no child row must be in a rest column, exactly.
 */

type Row = Record<string, string | null>;

type Tables = Map<string, { table: WrittenTable; byParent: Map<string, Row[]> }>;

export interface CopyComparison {
  readonly collection: string;
  readonly documents: number;
  readonly rejected: number;
  /** Rejections of documents that the source does not have, or not so. */
  readonly stale: number;
  readonly rows: number;
  /** One line per undeclared difference, at most 20. */
  readonly differences: readonly string[];
}

class CopyCheck {
  readonly #client: pg.Client;
  readonly #schema: string;
  #differences: string[] = [];
  #rows = 0;
  #references: ReferencedKeys | undefined;

  constructor(client: pg.Client, schema: string) {
    this.#client = client;
    this.#schema = schema;
  }

  async compare(mapping: WrittenMapping, dumpFile: string): Promise<CopyComparison> {
    this.#differences = [];
    this.#rows = 0;
    const { collection } = mapping;
    const rejected = await this.#client.query<{ document: Buffer | null; id_text: string }>(
      'select document, id_text from docrow.rejection where collection = $1',
      [collection],
    );
    const setAside = new Set(rejected.rows.map(({ document }) => document?.toString('latin1')));
    const tables: Tables = new Map();
    const names = Object.keys(mapping.tables);
    const rootName = rootOf(mapping);
    this.#references = await readReferencedKeys(this.#client, this.#schema, mapping);
    for (const name of names) {
      const table = mapping.tables[name]!;
      const parentKey = name === rootName ? [] : mapping.tables[table.parent ?? rootName]!.key;
      tables.set(name, { table, byParent: await this.#select(name, table, parentKey.length, mapping) });
    }
    const documents = existsSync(dumpFile) ? readDump(readFileSync(dumpFile)) : [];
    const root = mapping.tables[rootName]!;
    const idColumns = Object.entries(root.columns).filter(
      ([, column]) => column.from === '_id' && column.convert !== 'uuidv5',
    );
    const rootRows = [...tables.get(rootName)!.byParent.values()].flat();
    const [idName, idColumn] = idColumns[0]!;
    const byId = new Map<string, Row[]>();
    for (const row of rootRows) push(byId, keyOfText(idColumn, row[idName]!), row);
    let matched = 0;
    let known = 0;
    let kept = 0;
    for (const bytes of documents) {
      const isSetAside = setAside.has(bytes.toString('latin1'));
      if (isSetAside) known++;
      if (isSetAside && mapping.onReject !== 'keep') continue;
      const fields = readFields(bytes);
      const document: Node = { type: types.object, value: fields };
      const id = fieldOf(fields, '_id')!;
      const row = byId.get(keyOfNode(idColumn, id))?.find((each) => holds(idColumn, id, each[idName]!));
      if (isSetAside) {
        // Its rows may be as they were when it was taken.
        if (row !== undefined) kept++;
        if (row !== undefined) passOver(rootName, row, tables, mapping);
        continue;
      }
      if (row === undefined) {
        this.#differ(collection, `no row for _id ${canonical(id)}`);
        continue;
      }
      matched++;
      this.#compareRow(rootName, document, row, tables, mapping, canonical(id));
    }
    if (matched + known !== documents.length)
      this.#differ(collection, `${documents.length} documents, ${matched} found and ${known} set aside`);
    if (rootRows.length !== matched + kept)
      this.#differ(rootName, `${rootRows.length} rows for ${matched} documents and ${kept} kept ones`);
    for (const [name, { byParent }] of tables) {
      const left = [...byParent.values()].reduce((sum, rows) => sum + rows.length, 0);
      if (name !== rootName && left > 0) this.#differ(name, `${left} rows that no document has`);
    }
    return {
      collection,
      documents: documents.length,
      rejected: known,
      stale: rejected.rows.length - known,
      rows: this.#rows,
      differences: this.#differences,
    };
  }

  async #select(
    name: string,
    table: WrittenTable,
    parentKeys: number,
    mapping: WrittenMapping,
  ): Promise<Map<string, Row[]>> {
    const columns = Object.entries(table.columns).map(
      ([column, written]) =>
        `${selectText(this.#typeOf(written, table, mapping), quote(column))} as ${quote(column)}`,
    );
    const rest = restName(table);
    if (rest !== undefined) columns.push(`${quote(rest)}::text as ${quote(rest)}`);
    const order = table.key.map((column) => `t.${quote(column)}`).join(', ');
    const { rows } = await this.#client.query<Row>(
      `select ${columns.join(', ')} from ${quote(this.#schema)}.${quote(name)} t order by ${order}`,
    );
    this.#rows += rows.length;
    const byParent = new Map<string, Row[]>();
    for (const row of rows) push(byParent, parentOf(table.key.slice(0, parentKeys), row), row);
    return byParent;
  }

  #typeOf(column: WrittenColumn, table: WrittenTable, mapping: WrittenMapping): string {
    if (column.type !== undefined) return column.type;
    if (typeof column.from !== 'string' || !column.from.startsWith('^')) return 'integer';
    const parent = mapping.tables[table.parent ?? rootOf(mapping)]!;
    return this.#typeOf(parent.columns[column.from.slice(1)]!, parent, mapping);
  }

  #compareRow(
    name: string,
    node: Node,
    row: Row,
    tables: Tables,
    mapping: WrittenMapping,
    where: string,
  ): void {
    const { table } = tables.get(name)!;
    const rest = restName(table);
    const restJson = rest === undefined || row[rest] === null ? undefined : parseJson(row[rest]!);
    const taken: string[][] = name === rootOf(mapping) ? [['_id']] : [];
    let takesItem = false;
    const isObject = node.type === types.object;
    for (const [column, written] of Object.entries(table.columns)) {
      for (const from of [written.from].flat()) {
        const cell = row[column]!;
        if (from === '$item') {
          takesItem = true;
          if (!holds(written, node, cell))
            this.#differ(`${name}.${column}`, `${where}: ${canonical(node)} is ${cell}`);
        } else if (!from.startsWith('$') && !from.startsWith('^')) {
          const path = parsePath(from);
          const value = find(node, path);
          if (value === undefined) {
            if (cell !== null) this.#differ(`${name}.${column}`, `${where}: missing is ${cell}`);
            continue;
          }
          if (holds(written, value, cell) || (cell === null && this.#isCleared(written, value)))
            taken.push(path);
          // A value that does not fit has to be in the rest column, where the comparison below looks for it.
          else if (cell !== null)
            this.#differ(`${name}.${column}`, `${where}: ${canonical(value)} is ${cell}`);
        }
      }
    }
    for (const [childName, child] of Object.entries(mapping.tables)) {
      if (child.each === undefined || (child.parent ?? rootOf(mapping)) !== name) continue;
      const path = child.each === '$item' ? [] : parsePath(child.each);
      const value = path.length === 0 ? node : find(node, path);
      const { byParent } = tables.get(childName)!;
      const key = parentOf(table.key, row);
      const rows = byParent.get(key) ?? [];
      byParent.delete(key);
      if (value?.type === types.array) {
        taken.push(path);
        takesItem ||= path.length === 0;
        const elements = value.value as Node[];
        if (elements.length !== rows.length) {
          this.#differ(childName, `${where}: ${elements.length} elements, ${rows.length} rows`);
          continue;
        }
        for (const [i, element] of elements.entries())
          this.#compareRow(childName, element, rows[i]!, tables, mapping, `${where}[${i}]`);
      } else {
        if (rows.length > 0) this.#differ(childName, `${where}: ${rows.length} rows without an array`);
        if (value?.type === types.null) {
          taken.push(path);
          takesItem ||= path.length === 0;
        }
      }
    }
    if (takesItem) {
      if (restJson !== undefined) this.#differ(name, `${where}: rest although the element is taken`);
    } else if (isObject) {
      const left = without(node.value as Fields, taken);
      const expected = left.length === 0 ? undefined : canonical({ type: types.object, value: left });
      const actual = restJson === undefined ? undefined : canonicalOfJson(restJson);
      if (expected !== actual && table.unmapped !== 'ignore')
        this.#differ(`${name}.${rest}`, `${where}: ${expected} is ${actual}`);
    } else {
      const actual = restJson === undefined ? undefined : canonicalOfJson(restJson);
      if (actual !== canonical(node))
        this.#differ(`${name}.${rest}`, `${where}: element ${canonical(node)} is ${actual}`);
    }
  }

  /** A reference that leads nowhere is NULL where the mapping says so. */
  #isCleared(column: WrittenColumn, value: Node): boolean {
    return column.orphans === 'null' && !this.#references!.has(column, value);
  }

  #differ(place: string, what: string): void {
    if (this.#differences.length < 20) this.#differences.push(`${place}: ${what.slice(0, 300)}`);
  }
}

/** Takes away the rows below one. */
function passOver(name: string, row: Row, tables: Tables, mapping: WrittenMapping): void {
  const key = parentOf(tables.get(name)!.table.key, row);
  for (const [childName, { table, byParent }] of tables) {
    if (table.each === undefined || (table.parent ?? rootOf(mapping)) !== name) continue;
    for (const child of byParent.get(key) ?? []) passOver(childName, child, tables, mapping);
    byParent.delete(key);
  }
}

function push(map: Map<string, Row[]>, key: string, row: Row): void {
  const rows = map.get(key);
  if (rows === undefined) map.set(key, [row]);
  else rows.push(row);
}

const restName = (table: WrittenTable): string | undefined =>
  typeof table.rest === 'object' ? table.rest.column : table.rest;

const parentOf = (key: readonly string[], row: Row): string =>
  JSON.stringify(key.map((column) => row[column]));

/** Reads every mapping of a project folder and compares its collection. @param dumpFolder holds `<collection>.bson` */
export async function compareCopy(
  project: string,
  dumpFolder: string,
  uri: string,
  schema = 'public',
): Promise<readonly CopyComparison[]> {
  const client = new pg.Client({ connectionString: uri });
  await client.connect();
  try {
    const results: CopyComparison[] = [];
    await client.query("set timezone = 'UTC'; set extra_float_digits = 3; set bytea_output = 'hex'");
    for (const mapping of readMappings(project)) {
      const dump = join(dumpFolder, `${encodeURIComponent(mapping.collection)}.bson`);
      const plain = join(dumpFolder, `${mapping.collection}.bson`);
      results.push(await new CopyCheck(client, schema).compare(mapping, existsSync(plain) ? plain : dump));
    }
    return results;
  } finally {
    await client.end();
  }
}
