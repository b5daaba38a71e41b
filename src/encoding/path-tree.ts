import type { CollectionMapping } from '../mapping/mapping.ts';

/** The paths that columns take from, as a tree of keys. */
export interface PathNode {
  /** Index of this path among all that are taken; undefined for a key that only leads to others. */
  slot: number | undefined;
  readonly children: Map<string, PathNode>;
}

export interface PathTree {
  readonly root: PathNode;
  readonly slotCount: number;
  readonly idSlot: number;
  /** Slot of a path that is in the tree. */
  slotOf(path: readonly string[]): number;
}

/** Collects the paths of all columns, and `_id` in any case: rejections and document keys need it. */
export function buildPathTree(mapping: CollectionMapping): PathTree {
  const root: PathNode = { slot: undefined, children: new Map() };
  let slotCount = 0;

  function slotOf(path: readonly string[]): number {
    let node = root;
    for (const key of path) {
      let child = node.children.get(key);
      if (child === undefined) {
        child = { slot: undefined, children: new Map() };
        node.children.set(key, child);
      }
      node = child;
    }
    node.slot ??= slotCount++;
    return node.slot;
  }

  const idSlot = slotOf(['_id']);
  for (const table of mapping.tables) {
    for (const column of table.columns) {
      for (const source of column.from) if (source.kind === 'path') slotOf(source.path);
    }
  }
  return { root, slotCount, idSlot, slotOf };
}
