import type { CollectionMapping } from './mapping.ts';

/**
 * Collections in an order in which one that is referred to comes before those that refer to it. Where references
 * make a cycle it is broken at its first collection by name; foreign keys are deferrable, so the order only saves work.
 */
export function sortCollections<C extends Pick<CollectionMapping, 'collection' | 'tables'>>(
  collections: readonly C[],
): readonly C[] {
  const byTable = new Map(
    collections.flatMap((each) => each.tables.map((table) => [table.name, each] as const)),
  );
  const sorted = new Set<C>();
  const visited = new Set<C>();
  const visit = (collection: C): void => {
    if (visited.has(collection)) return;
    visited.add(collection);
    const referenced = collection.tables
      .flatMap((table) => table.columns.map((column) => byTable.get(column.references?.table ?? '')))
      .filter((target) => target !== undefined);
    for (const target of byName(referenced)) visit(target);
    sorted.add(collection);
  };
  for (const collection of byName(collections)) visit(collection);
  return [...sorted];
}

function byName<C extends Pick<CollectionMapping, 'collection'>>(collections: readonly C[]): readonly C[] {
  return collections.toSorted((a, b) =>
    a.collection < b.collection ? -1 : Number(a.collection > b.collection),
  );
}
