import { bsonType } from '../bson/bson-type.ts';
import { keyEnd, valueEnd } from '../bson/value-end.ts';
import type { CollectionMapping, TableMapping } from '../mapping/mapping.ts';
import { compileTaker, type Taker } from './column-taker.ts';
import { isPosition, jsonWalk } from './json-losses.ts';
import { LeftKeys } from './left-keys.ts';
import { type LossSet, loss, noLoss } from './loss-kind.ts';
import type { LossPath } from './loss-path.ts';
import { addLeastLosses, type Keeper, LossMap, type LossSink } from './loss-sink.ts';
import { byteKey, type PathNode, type TablePaths, type TakenPath, tablePaths } from './table-paths.ts';

/** Canonical JSON in the rest column. A text with a NUL is kept there in a form of its own. */
const restWalk = jsonWalk({ style: 'canonical', isBinary: true, stripsNul: false });

const discard: LossSink = { add: () => {} };

interface ChildTable {
  readonly losses: TableLosses;
  /** Undefined where the element itself is the array. */
  readonly taken: TakenPath | undefined;
  readonly hasPosition: boolean;
}

/** What rows of one table, and of its child tables, lose of what they are made from. */
export class TableLosses {
  /** What was found at each taken path of the row at hand; type 0 where it is missing. */
  readonly types: Uint8Array;
  readonly offsets: Int32Array;
  /** 1 where a path is missing because the rest column has something else than a document on the way to it. */
  readonly blocked: Uint8Array;
  /** 1 where a column takes the value of a path, whatever becomes of it there. */
  readonly won: Uint8Array;
  /** Paths that another one came before in the `from` of a column, and that hold something else. */
  readonly lost: TakenPath[] = [];
  /** Type of the document's `_id`. */
  idType = 0;
  readonly table: TableMapping;
  readonly base: LossPath;
  readonly #duplicates: CollectionMapping['duplicates'];
  readonly #paths: TablePaths;
  readonly #takers: readonly Taker[];
  readonly #children: readonly ChildTable[];
  readonly #item: TakenPath | undefined;
  readonly #keepers: Keeper[][];
  #sink: LossSink = discard;

  constructor(mapping: CollectionMapping, table: TableMapping, base: LossPath) {
    this.table = table;
    this.base = base;
    this.#duplicates = mapping.duplicates;
    const isRoot = table === mapping.tables[0];
    const children = mapping.tables.filter(({ each }) => each?.parent === table.name);
    const childPaths = children.map(({ each }) => each!.path);
    const keptKey = isRoot && mapping.idColumn === undefined ? '_id' : undefined;
    this.#paths = tablePaths(
      table,
      base,
      childPaths.filter((path) => path.length > 0),
      keptKey,
    );
    this.types = new Uint8Array(this.#paths.slots);
    this.offsets = new Int32Array(this.#paths.slots);
    this.blocked = new Uint8Array(this.#paths.slots);
    this.won = new Uint8Array(this.#paths.slots);
    this.#keepers = Array.from({ length: this.#paths.groups }, () => []);
    this.#takers = table.columns.flatMap(
      (column) => compileTaker(column, this.#paths, mapping.duplicates, isRoot) ?? [],
    );
    const hasItem = table.columns.some(({ from }) => from.some(({ kind }) => kind === 'item'));
    this.#item = hasItem ? this.#paths.takenAt([]) : undefined;
    this.#children = children.map((child) => ({
      losses: new TableLosses(
        mapping,
        child,
        child.each!.path.reduce((path, key) => path.child(byteKey(key)), base),
      ),
      taken: child.each!.path.length === 0 ? undefined : this.#paths.takenAt(child.each!.path),
      hasPosition: child.columns.some(({ from }) => from.some(({ kind }) => kind === 'index')),
    }));
  }

  /** The losses of the document or element at `at`, which was loaded. */
  find(type: number, bytes: Buffer, view: DataView, at: number, sink: LossSink): void {
    this.#sink = sink;
    this.types.fill(0);
    this.blocked.fill(0);
    this.won.fill(0);
    this.lost.length = 0;
    for (const keepers of this.#keepers) if (keepers.length > 0) keepers.length = 0;
    if (this.#item !== undefined) {
      this.types[this.#item.slot] = type;
      this.offsets[this.#item.slot] = at;
    }
    this.idType = 0;
    if (!this.#readElement(type, bytes, view, at)) return;
    for (const taker of this.#takers) taker(this, bytes, view);
    for (const child of this.#children)
      if (child.taken !== undefined) this.#findInChild(child, child.taken, bytes, view);
    // What another column or a child table took is not left over, even where nothing came of it.
    if (this.#item === undefined)
      for (const taken of this.lost)
        if (this.won[taken.slot] === 0 && !this.#isArrayOfChild(taken))
          this.claimLeftOver(taken, bytes, view);
    for (const keepers of this.#keepers) if (keepers.length > 0) addLeastLosses(keepers, sink);
  }

  #isArrayOfChild(taken: TakenPath): boolean {
    return this.#children.some((child) => child.taken === taken);
  }

  /** Adds what one place loses of a taken path. */
  claim(taken: TakenPath, ofAll: LossSet, find?: (sink: LossSink) => void): void {
    if (taken.isKept) return;
    if (taken.group < 0) {
      if (ofAll !== noLoss) this.#sink.add(taken.path, ofAll);
      find?.(this.#sink);
      return;
    }
    const losses = new LossMap();
    find?.(losses);
    this.#keepers[taken.group]!.push({ base: taken.path, losses, ofAll });
  }

  /** Adds that a taken path's value is in the rest column, or dropped where there is none. */
  claimLeftOver(taken: TakenPath, bytes: Buffer, view: DataView): void {
    const [type, at] = [this.types[taken.slot]!, this.offsets[taken.slot]!];
    if (this.table.rest === undefined) this.claim(taken, loss('unmapped'));
    else this.claim(taken, noLoss, (sink) => restWalk(type, bytes, view, at, taken.path, sink));
  }

  /** Reads the fields. @returns false when the element is none that a column could take anything of */
  #readElement(type: number, bytes: Buffer, view: DataView, at: number): boolean {
    if (type === bsonType.document) {
      this.#scan(this.#paths.root, bytes, view, at, this.#item !== undefined);
      return true;
    }
    if (this.#item !== undefined) return true;
    const inner = this.#children.find(({ taken }) => taken === undefined);
    if (inner !== undefined && type === bsonType.array)
      inner.losses.#findInArray(inner, bytes, view, at, this.#sink);
    else if (inner !== undefined && type === bsonType.null)
      this.#sink.add(this.base, loss('null-as-missing'));
    else restWalk(type, bytes, view, at, this.base, this.#sink);
    return false;
  }

  #findInChild(child: ChildTable, taken: TakenPath, bytes: Buffer, view: DataView): void {
    const type = this.types[taken.slot]!;
    const at = this.offsets[taken.slot]!;
    if (type === 0) this.claim(taken, noLoss);
    else if (type === bsonType.null) this.claim(taken, loss('null-as-missing'));
    else if (type !== bsonType.array) this.claimLeftOver(taken, bytes, view);
    else if (view.getInt32(at, true) === 5) this.claim(taken, loss('empty-array'));
    else this.claim(taken, noLoss, (sink) => child.losses.#findInArray(child, bytes, view, at, sink));
  }

  /** Finds the losses of each element of an array as a row of this table. */
  #findInArray(child: ChildTable, bytes: Buffer, view: DataView, start: number, sink: LossSink): void {
    const limit = start + view.getInt32(start, true) - 1;
    let index = 0;
    for (let at = start + 4; at < limit; index++) {
      const type = bytes[at]!;
      const stop = keyEnd(bytes, at + 1, limit);
      if (!isPosition(bytes, at + 1, stop, index)) sink.add(this.base, loss('array-keys'));
      this.find(type, bytes, view, stop + 1, sink);
      at = valueEnd(type, bytes, view, stop + 1, limit);
    }
    if (index > 1 && !child.hasPosition) sink.add(this.base, loss('element-order'));
  }

  /** @param isTaken a column has the whole of what is scanned, so that nothing in it is left over */
  #scan(node: PathNode, bytes: Buffer, view: DataView, start: number, isTaken: boolean): void {
    const limit = start + view.getInt32(start, true) - 1;
    // The rest column keeps that an empty sub-document was there.
    const keepsEmpty = isTaken || this.table.rest !== undefined || node === this.#paths.root;
    if (limit === start + 4 && !keepsEmpty) this.#sink.add(node.path, loss('empty-document'));
    // What is left of a sub-document may look like Extended JSON. A rest column as a whole is never read as that,
    // but where it may hold an element that is none.
    const mayMislead = node !== this.#paths.root || this.table.each?.mismatch === 'rest';
    const left = this.table.rest !== undefined && mayMislead && !isTaken ? new LeftKeys() : undefined;
    const last =
      this.#duplicates === 'last' ? this.#lastOfEach(node, bytes, view, start, isTaken) : undefined;
    for (let at = start + 4; at < limit; ) {
      const type = bytes[at]!;
      const keyAt = at + 1;
      const stop = keyEnd(bytes, keyAt, limit);
      const isDropped = last !== undefined && !last.has(at);
      at = valueEnd(type, bytes, view, stop + 1, limit);
      if (isDropped) continue;
      this.#take(node, type, bytes, view, keyAt, stop, isTaken);
      left?.see(node, bytes, keyAt, stop);
    }
    if (left?.isWrapper === true) this.#sink.add(node.path, loss('extended-json-key'));
  }

  #take(
    parent: PathNode,
    type: number,
    bytes: Buffer,
    view: DataView,
    keyAt: number,
    stop: number,
    isTaken: boolean,
  ): void {
    const key = bytes.toString('latin1', keyAt, stop);
    const node = parent.children.get(key);
    const taken = node?.taken;
    if (parent === this.#paths.root && key === '_id') this.idType = type;
    if (taken !== undefined) {
      this.types[taken.slot] = type;
      this.offsets[taken.slot] = stop + 1;
    }
    if (node !== undefined && node.children.size > 0 && type === bsonType.document) {
      this.#scan(node, bytes, view, stop + 1, isTaken || taken !== undefined);
    } else if (taken === undefined && !isTaken) {
      if (node !== undefined && this.table.rest !== undefined) this.#block(node);
      this.#leaveOver(parent, key, type, bytes, view, stop + 1);
    }
  }

  #block(node: PathNode): void {
    for (const child of node.children.values()) {
      if (child.taken !== undefined) this.blocked[child.taken.slot] = 1;
      this.#block(child);
    }
  }

  #leaveOver(parent: PathNode, key: string, type: number, bytes: Buffer, view: DataView, at: number): void {
    // docrow keeps the `_id` of a document in any case.
    if (this.table.each === undefined && key === '_id' && parent === this.#paths.root) return;
    const path = parent.path.child(key);
    if (this.table.rest === undefined) this.#sink.add(path, loss('unmapped'));
    else restWalk(type, bytes, view, at, path, this.#sink);
  }

  /** Where the last field of each key begins; the keys that come again are lost. */
  #lastOfEach(
    node: PathNode,
    bytes: Buffer,
    view: DataView,
    start: number,
    isTaken: boolean,
  ): ReadonlySet<number> {
    const limit = start + view.getInt32(start, true) - 1;
    const places = new Map<string, number>();
    for (let at = start + 4; at < limit; ) {
      const stop = keyEnd(bytes, at + 1, limit);
      const key = bytes.toString('latin1', at + 1, stop);
      if (places.has(key) && !isTaken) this.#sink.add(node.path.child(key), loss('duplicate-key'));
      places.set(key, at);
      at = valueEnd(bytes[at]!, bytes, view, stop + 1, limit);
    }
    return new Set(places.values());
  }
}
