import type pg from 'pg';
import { keyOfNode, keyOfText, selectText, type WrittenColumn } from './compare-cell.ts';
import type { Node } from './read-bson.ts';
import { quote, type WrittenMapping } from './written-mapping.ts';

/** What the columns that are referred to hold. */
export class ReferencedKeys {
  readonly #keys: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(keys: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#keys = keys;
  }

  /** Whether a value of the source leads somewhere. @param column has `references` */
  has = (column: WrittenColumn, node: Node): boolean =>
    this.#keys.get(column.references!)!.has(keyOfNode(column, node));
}

/** Reads them for all references of a mapping. */
export async function readReferencedKeys(
  client: pg.Client,
  schema: string,
  { tables }: WrittenMapping,
): Promise<ReferencedKeys> {
  const keys = new Map<string, ReadonlySet<string>>();
  for (const column of Object.values(tables).flatMap(({ columns }) => Object.values(columns))) {
    const { references } = column;
    if (references === undefined || keys.has(references)) continue;
    const [table = '', name = ''] = references.split('.');
    const text = selectText(column.type ?? 'integer', quote(name));
    const { rows } = await client.query<{ key: string | null }>(
      `select ${text} as key from ${quote(schema)}.${quote(table)} where ${quote(name)} is not null`,
    );
    keys.set(references, new Set(rows.map(({ key }) => keyOfText(column, key))));
  }
  return new ReferencedKeys(keys);
}
