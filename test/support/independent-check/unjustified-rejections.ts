import pg from 'pg';
import { canonical } from './canonical.ts';
import { keyOfNode, keyOfText, selectText, type WrittenColumn } from './compare-cell.ts';
import { fieldOf, find, parsePath } from './paths.ts';
import { type Fields, type Node, readFields, types } from './read-bson.ts';
import { type ReferencedKeys, readReferencedKeys } from './referenced-keys.ts';
import { quote, readMappings, rootOf, type WrittenMapping } from './written-mapping.ts';

interface Rejected {
  readonly code: string;
  readonly document: Buffer;
}

/**
 * Finds documents that are set aside without need: a reference that leads somewhere, a value that no row has, or, of
 * all other reasons, a document that nobody calls a misfit.
 * @param isMisfit whether the mapping does not take a document by itself
 * @returns one line each; empty when all are set aside rightly
 */
export async function unjustifiedRejections(
  project: string,
  uri: string,
  isMisfit: (document: Fields) => boolean,
  schema = 'public',
): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: uri });
  await client.connect();
  try {
    const found: string[] = [];
    for (const mapping of readMappings(project)) {
      const references = await readReferencedKeys(client, schema, mapping);
      const { rows } = await client.query<Rejected>(
        'select code, document from docrow.rejection where collection = $1',
        [mapping.collection],
      );
      for (const { code, document } of rows) {
        const fields = readFields(document);
        const isJustified = code.startsWith('reference-')
          ? hasLostReference(mapping, fields, references)
          : code === 'duplicate-value'
            ? await hasTakenValue(client, schema, mapping, fields)
            : isMisfit(fields);
        const id = fieldOf(fields, '_id')!;
        if (!isJustified) found.push(`${mapping.collection} ${canonical(id)}: ${code}`);
      }
    }
    return found;
  } finally {
    await client.end();
  }
}

/** The document, or every element of a child table in it. */
function nodesOf(mapping: WrittenMapping, name: string, document: Node): readonly Node[] {
  const { each, parent = rootOf(mapping) } = mapping.tables[name]!;
  if (each === undefined) return [document];
  return nodesOf(mapping, parent, document).flatMap((node) => {
    const list = find(node, parsePath(each));
    return list?.type === types.array ? (list.value as readonly Node[]) : [];
  });
}

function* valuesOf(
  mapping: WrittenMapping,
  fields: Fields,
  isWanted: (column: WrittenColumn) => boolean,
): Generator<readonly [table: string, name: string, column: WrittenColumn, value: Node]> {
  for (const [table, { columns }] of Object.entries(mapping.tables)) {
    for (const [name, column] of Object.entries(columns)) {
      if (!isWanted(column) || typeof column.from !== 'string' || column.from.startsWith('^')) continue;
      for (const node of nodesOf(mapping, table, { type: types.object, value: fields })) {
        const value = find(node, parsePath(column.from));
        if (value !== undefined && value.type !== types.null) yield [table, name, column, value];
      }
    }
  }
}

function hasLostReference(mapping: WrittenMapping, fields: Fields, references: ReferencedKeys): boolean {
  const isWanted = (column: WrittenColumn): boolean => column.references !== undefined;
  for (const [, , column, value] of valuesOf(mapping, fields, isWanted)) {
    if (!references.has(column, value)) return true;
  }
  return false;
}

async function hasTakenValue(
  client: pg.Client,
  schema: string,
  mapping: WrittenMapping,
  fields: Fields,
): Promise<boolean> {
  for (const [table, name, column, value] of valuesOf(mapping, fields, ({ unique }) => unique === true)) {
    const text = selectText(column.type ?? 'integer', quote(name));
    const { rows } = await client.query<{ key: string | null }>(
      `select ${text} as key from ${quote(schema)}.${quote(table)}`,
    );
    if (rows.some(({ key }) => key !== null && keyOfText(column, key) === keyOfNode(column, value)))
      return true;
  }
  return false;
}
