import type { CollectionMapping } from '../../mapping/mapping.ts';

/** Collections that the documents of each refer to, but for itself. */
function referencesOf(
  collections: readonly CollectionMapping[],
): ReadonlyMap<CollectionMapping, readonly CollectionMapping[]> {
  const owners = new Map(
    collections.flatMap((mapping) => mapping.tables.map(({ name }) => [name, mapping] as const)),
  );
  return new Map(
    collections.map((mapping) => {
      const referenced = new Set<CollectionMapping>();
      for (const { columns } of mapping.tables) {
        for (const { references } of columns) {
          const owner = references === undefined ? undefined : owners.get(references.table);
          if (owner !== undefined && owner !== mapping) referenced.add(owner);
        }
      }
      return [mapping, [...referenced]] as const;
    }),
  );
}

/** Referenced collections first, as far as they do not refer to each other in a circle. */
export function inReferenceOrder(collections: readonly CollectionMapping[]): readonly CollectionMapping[] {
  const references = referencesOf(collections);
  const ordered = new Set<CollectionMapping>();
  const visited = new Set<CollectionMapping>();
  const visit = (mapping: CollectionMapping): void => {
    if (visited.has(mapping)) return;
    visited.add(mapping);
    for (const referenced of references.get(mapping)!) visit(referenced);
    ordered.add(mapping);
  };
  for (const mapping of collections) visit(mapping);
  return [...ordered];
}

/** Whether two of the named collections refer to each other, be it through others. */
export function areInCircle(collections: readonly CollectionMapping[], names: ReadonlySet<string>): boolean {
  const references = referencesOf(collections);
  const reachable = (from: CollectionMapping): ReadonlySet<CollectionMapping> => {
    const reached = new Set<CollectionMapping>();
    const visit = (mapping: CollectionMapping): void => {
      for (const referenced of references.get(mapping)!) {
        if (reached.has(referenced)) continue;
        reached.add(referenced);
        visit(referenced);
      }
    };
    visit(from);
    return reached;
  };
  const named = collections.filter(({ collection }) => names.has(collection));
  const reached = new Map(named.map((mapping) => [mapping, reachable(mapping)] as const));
  return named.some((a) => named.some((b) => a !== b && reached.get(a)!.has(b) && reached.get(b)!.has(a)));
}
