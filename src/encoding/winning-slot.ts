import { bsonType } from '../bson/bson-type.ts';
import type { ColumnMapping, ColumnSource } from '../mapping/mapping.ts';
import type { FieldPositions } from './document-scanner.ts';
import type { PathTree } from './path-tree.ts';

/** The slot of the path that gives a column its value; -1 when it is missing or does not come from a path. */
export type WinningSlot = (fields: FieldPositions) => number;

function slotOfSource(source: ColumnSource, tree: PathTree): number {
  if (source.kind === 'path') return tree.slotOf(source.path);
  return source.kind === 'item' ? tree.itemSlot : -1;
}

/** The first source that is there; with `skipNull` the first that is not null, and the first when all are null. */
export function compileWinningSlot(column: ColumnMapping, tree: PathTree): WinningSlot {
  const sources = column.from.map((source) => ({ kind: source.kind, slot: slotOfSource(source, tree) }));
  const { idSlot } = tree;
  return ({ types }) => {
    let first: number | undefined;
    for (const { kind, slot } of sources) {
      if (kind === 'id-time') {
        if (types[idSlot] === bsonType.objectId) return -1;
        continue;
      }
      if (slot < 0) return -1;
      if (types[slot] === 0) continue;
      if (!column.skipNull || types[slot] !== bsonType.null) return slot;
      first ??= slot;
    }
    return first ?? -1;
  };
}
