import { bsonType } from '../bson/bson-type.ts';
import type { ColumnSource } from '../mapping/mapping.ts';
import type { DocumentState } from './document-state.ts';
import { createMemory } from './memory.ts';
import type { PathTree } from './path-tree.ts';

/** One way to get a column's value: puts it into the state as the current one, and returns whether there is one. */
export interface CompiledSource {
  readonly fetch: (state: DocumentState) => boolean;
  /** Slot that the value comes from, -1 when it comes from elsewhere. */
  readonly slot: number;
}

/** A field of the document or element, or the element itself. */
function fromSlot(slot: number): CompiledSource {
  const fetch = (state: DocumentState): boolean => {
    const type = state.types[slot]!;
    if (type === 0) return false;
    return state.take(type, state.input, state.offsets[slot]!, slot);
  };
  return { fetch, slot };
}

function fromRunTime(runTime: Date): CompiledSource {
  const time = createMemory(8);
  time.view.setBigInt64(0, BigInt(runTime.getTime()), true);
  return { fetch: (state) => state.take(bsonType.date, time, 0, -1), slot: -1 };
}

function fromIdTime(idSlot: number): CompiledSource {
  const time = createMemory(8);
  const fetch = (state: DocumentState): boolean => {
    if (state.types[idSlot] !== bsonType.objectId) return false;
    const seconds = state.input.view.getUint32(state.offsets[idSlot]!);
    time.view.setBigInt64(0, BigInt(seconds) * 1000n, true);
    return state.take(bsonType.date, time, 0, -1);
  };
  return { fetch, slot: -1 };
}

function fromIndex(): CompiledSource {
  const index = createMemory(4);
  const fetch = (state: DocumentState): boolean => {
    index.view.setInt32(0, state.index, true);
    return state.take(bsonType.int32, index, 0, -1);
  };
  return { fetch, slot: -1 };
}

/** Compiles a source that gives a BSON value; the column of a parent row gives none, see parent-field.ts. */
export function compileSource(source: ColumnSource, tree: PathTree, runTime: Date): CompiledSource {
  switch (source.kind) {
    case 'path':
      return fromSlot(tree.slotOf(source.path));
    case 'item':
      return fromSlot(tree.itemSlot);
    case 'run-time':
      return fromRunTime(runTime);
    case 'id-time':
      return fromIdTime(tree.idSlot);
    case 'index':
      return fromIndex();
    case 'parent':
      return { fetch: () => false, slot: -1 };
  }
}
