import type { TableMapping } from '../mapping/mapping.ts';
import type { LossPath } from './loss-path.ts';

/** Keys as strings of one character per byte, so that keys that are not UTF-8 are told apart as well. */
export const byteKey = (key: string): string => Buffer.from(key).toString('latin1');

/** A path that columns or child tables of a table take. */
export interface TakenPath {
  /** Index of what was found there. */
  readonly slot: number;
  readonly path: LossPath;
  /** Another place holds the whole of it, in a form of its own: nothing of it is lost. */
  readonly isKept: boolean;
  /** Number of the group of taken paths that lie one below the other, or that several places take; -1 outside of one. */
  readonly group: number;
}

/** The taken paths of a table as a tree of keys. */
export interface PathNode {
  readonly path: LossPath;
  taken: TakenPath | undefined;
  readonly children: Map<string, PathNode>;
}

export interface TablePaths {
  readonly root: PathNode;
  readonly slots: number;
  readonly groups: number;
  takenAt(path: readonly string[]): TakenPath;
}

/**
 * @param base path of what a row is made from
 * @param childPaths where the arrays of the child tables are
 * @param keptKey a field of the document that is kept elsewhere as a whole
 */
export function tablePaths(
  table: TableMapping,
  base: LossPath,
  childPaths: readonly (readonly string[])[],
  keptKey: string | undefined,
): TablePaths {
  const uses = new Map<string, { readonly path: readonly string[]; count: number }>();
  const use = (path: readonly string[]): void => {
    const key = JSON.stringify(path);
    const known = uses.get(key);
    if (known === undefined) uses.set(key, { path, count: 1 });
    else known.count++;
  };
  let hasItem = false;
  for (const { from } of table.columns) {
    for (const source of from) {
      if (source.kind === 'path') use(source.path);
      if (source.kind === 'item') hasItem = true;
    }
  }
  for (const path of childPaths) use(path);
  if (hasItem) use([]);
  const paths = [...uses.values()];
  const groupOf = groupPaths(paths);

  const root: PathNode = { path: base, taken: undefined, children: new Map() };
  const bySlot = new Map<string, TakenPath>();
  for (const [slot, { path }] of paths.entries()) {
    let node = root;
    for (const key of path) {
      const at = byteKey(key);
      let child = node.children.get(at);
      if (child === undefined) {
        child = { path: node.path.child(at), taken: undefined, children: new Map() };
        node.children.set(at, child);
      }
      node = child;
    }
    const isKept = keptKey !== undefined && path[0] === keptKey;
    node.taken = { slot, path: node.path, isKept, group: isKept ? -1 : groupOf(slot) };
    bySlot.set(JSON.stringify(path), node.taken);
  }
  return {
    root,
    slots: paths.length,
    groups: paths.length,
    takenAt: (path) => bySlot.get(JSON.stringify(path))!,
  };
}

/** Numbers each path that stands above or below another, or is taken more than once, by the topmost of them. */
function groupPaths(
  paths: readonly { readonly path: readonly string[]; readonly count: number }[],
): (slot: number) => number {
  const isAbove = (above: readonly string[], below: readonly string[]): boolean =>
    above.length <= below.length && above.every((key, index) => key === below[index]);
  return (slot) => {
    const { path, count } = paths[slot]!;
    const related = paths.flatMap(({ path: other }, index) =>
      isAbove(other, path) || isAbove(path, other) ? [{ index, length: other.length }] : [],
    );
    if (related.length === 1) return count > 1 ? slot : -1;
    const shortest = Math.min(...related.map(({ length }) => length));
    return related.find(({ length }) => length === shortest)!.index;
  };
}
