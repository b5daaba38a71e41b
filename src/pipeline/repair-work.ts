import { EJSON, serialize } from 'bson';
import type { CollectionMapping, TableMapping } from '../mapping/mapping.ts';
import type { Difference } from '../report/validation-report.ts';
import type { RowKey } from '../target/refresh-target.ts';
import { describeId } from './describe-rejection.ts';

/** What the differences of one collection ask for. */
export interface RepairWork {
  readonly mapping: CollectionMapping;
  /** BSON documents `{_id: value}`. */
  readonly ids: readonly Uint8Array[];
  /** Rows that no document is known of. */
  readonly rows: readonly { readonly table: TableMapping; readonly key: RowKey }[];
}

export interface RepairWorkload {
  readonly works: readonly RepairWork[];
  readonly left: number;
  readonly unreadable: number;
}

/**
 * Sorts the differences of a validation by what they ask for: the documents that they name, each once, and rows that
 * belong to none.
 * @param limit documents and rows, at most
 */
export function repairWork(
  collections: readonly CollectionMapping[],
  differences: readonly Difference[],
  limit: number,
): RepairWorkload {
  let left = 0;
  let room = limit;
  let unreadable = 0;
  const works: RepairWork[] = [];
  for (const mapping of collections) {
    const own = differences.filter(({ collection }) => collection === mapping.collection);
    const ids: Uint8Array[] = [];
    const rows = new Map<string, { table: TableMapping; key: RowKey }>();
    for (const text of new Set(own.flatMap(({ id }) => (id === undefined ? [] : [id])))) {
      const id = idOfText(text);
      if (id === undefined) unreadable++;
      else if (ids.length < room) ids.push(id);
      else left++;
    }
    room -= ids.length;
    for (const { id, table: name, key } of own) {
      const table = mapping.tables.find((each) => each.name === name);
      if (id !== undefined || table === undefined) continue;
      if (!table.key.every((column) => Object.hasOwn(key, column))) continue;
      const place = JSON.stringify([name, table.key.map((column) => key[column])]);
      if (rows.has(place)) continue;
      if (rows.size < room) rows.set(place, { table, key });
      else left++;
    }
    room -= rows.size;
    if (ids.length > 0 || rows.size > 0) works.push({ mapping, ids, rows: [...rows.values()] });
  }
  return { works, left, unreadable };
}

/**
 * The `_id` of its canonical Extended JSON, as a BSON document `{_id: value}`; undefined where the text does not lead
 * back, as of a document whose keys are whole numbers: JavaScript puts these in an order of their own.
 */
function idOfText(text: string): Uint8Array | undefined {
  try {
    const id = serialize({ _id: EJSON.parse(text, { relaxed: false }) });
    return describeId(id) === text ? id : undefined;
  } catch {
    return undefined;
  }
}
