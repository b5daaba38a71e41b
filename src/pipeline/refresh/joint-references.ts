import { columnReader } from '../column-reader.ts';
import type { AssumedReferences } from './refresh-part.ts';
import type { RefreshParts } from './refresh-parts.ts';
import type { WaitingDocuments } from './waiting-documents.ts';

/** Tells of a reference whether it leads to one of these documents, none of which is in the tables yet. */
export function jointReferences(
  { collections, run, transformsOf }: Pick<RefreshParts, 'collections' | 'run' | 'transformsOf'>,
  joint: ReadonlyMap<string, WaitingDocuments>,
): AssumedReferences {
  const found = new Map<string, ReadonlySet<string>>();
  const valuesOf = (tableName: string, column: string): ReadonlySet<string> => {
    const mapping = collections.find(({ tables }) => tables.some(({ name }) => name === tableName))!;
    const table = mapping.tables.find(({ name }) => name === tableName)!;
    const read = columnReader(mapping, table, column, run.runTime, transformsOf(mapping));
    const values = new Set<string>();
    for (const { document } of joint.get(mapping.collection)?.values() ?? []) {
      if (document !== undefined) for (const value of read(document)) values.add(value);
    }
    return values;
  };
  return (table, column, value) => {
    const place = JSON.stringify([table, column]);
    const values = found.get(place) ?? valuesOf(table, column);
    found.set(place, values);
    return values.has(value);
  };
}
