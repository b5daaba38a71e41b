import type { TableMapping } from '../mapping/mapping.ts';

/** The paths that a table takes from, as a tree of keys. */
export interface PathNode {
  /** Index of this path among all that are taken; undefined for a key that only leads to others. */
  slot: number | undefined;
  readonly children: Map<string, PathNode>;
}

export interface PathTree {
  readonly root: PathNode;
  readonly slotCount: number;
  /** Slot of the document's `_id`; -1 in a child table, where `_id` is a field like any other. */
  readonly idSlot: number;
  /** Slot of the array element that the rows are made from; -1 in the root table. */
  readonly itemSlot: number;
  /** Whether a column takes the element as a whole, so that nothing of it is unmapped. */
  readonly isItemTaken: boolean;
  /** Slot of a path that is in the tree; the empty path is the element itself. */
  slotOf(path: readonly string[]): number;
}

/**
 * Collects the paths of all columns of a table and of the arrays that its child tables are made from; in the root
 * table also `_id` in any case, which rejections and document keys need.
 */
export function buildPathTree(table: TableMapping, children: readonly TableMapping[]): PathTree {
  const root: PathNode = { slot: undefined, children: new Map() };
  const isRoot = table.each === undefined;
  const itemSlot = isRoot ? -1 : 0;
  let slotCount = itemSlot + 1;

  function slotOf(path: readonly string[]): number {
    if (path.length === 0) return itemSlot;
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

  const idSlot = isRoot ? slotOf(['_id']) : -1;
  const sources = table.columns.flatMap(({ from }) => from);
  for (const source of sources) if (source.kind === 'path') slotOf(source.path);
  for (const { each } of children) if (each !== undefined) slotOf(each.path);
  const isItemTaken = sources.some(({ kind }) => kind === 'item');
  return { root, slotCount, idSlot, itemSlot, isItemTaken, slotOf };
}
