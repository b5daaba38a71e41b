import { bsonType } from '../bson/bson-type.ts';
import type { FieldPositions } from './document-scanner.ts';
import type { Memory } from './memory.ts';

/** Why the value of a slot belongs into the rest column. */
const byPolicy = 1;
const unmapped = 2;

/**
 * What is known about the document, or in a child table the array element, that a row is being made from. One object
 * serves all rows of a table.
 */
export class DocumentState implements FieldPositions {
  input: Memory;
  /** Offset of the document; of an element that is none, of its value. */
  start = 0;
  /** False for an array element that is no document; then all paths are missing. */
  isDocument = true;
  /** Position of the element in its array. */
  index = 0;
  readonly types: Uint8Array;
  readonly offsets: Int32Array;
  readonly #restSlots: Uint8Array;
  /** Fields that no column takes, as the scanner counted them. */
  unmapped = 0;
  /** Those, and values that are sent to rest. */
  extra = 0;
  #hasRestSlots = false;

  /** The value that the current column took; type 0 when there is none. */
  type = 0;
  at = 0;
  /** Slot of the path it came from, -1 when it came from elsewhere. */
  slot = -1;
  valueInput: Memory;

  constructor(slotCount: number, input: Memory) {
    this.input = input;
    this.valueInput = input;
    this.types = new Uint8Array(slotCount);
    this.offsets = new Int32Array(slotCount);
    this.#restSlots = new Uint8Array(slotCount);
  }

  /** Points to the next document. */
  begin(input: Memory, start: number): void {
    this.input = input;
    this.start = start;
    this.types.fill(0);
    if (this.#hasRestSlots) {
      this.#restSlots.fill(0);
      this.#hasRestSlots = false;
    }
  }

  /** Points to the next array element, which is the value of the tree's item slot. */
  beginElement(input: Memory, type: number, at: number, index: number, itemSlot: number): void {
    this.begin(input, at);
    this.isDocument = type === bsonType.document;
    this.index = index;
    this.types[itemSlot] = type;
    this.offsets[itemSlot] = at;
  }

  /** Begins the row, perhaps a second time in a larger buffer. */
  beginRow(): void {
    this.extra = this.unmapped;
  }

  /** Sets the current column's value. Always true, so that a source can end with it. */
  take(type: number, input: Memory, at: number, slot: number): true {
    this.type = type;
    this.valueInput = input;
    this.at = at;
    this.slot = slot;
    return true;
  }

  /** A policy wants the value of this slot in rest. */
  sendToRest(slot: number): void {
    this.#restSlots[slot] = byPolicy;
    this.#hasRestSlots = true;
    this.extra++;
  }

  /** No column holds the value of this slot, although one could have: it counts as unmapped. */
  leaveUnmapped(slot: number): void {
    if (this.#restSlots[slot] === 0) this.#restSlots[slot] = unmapped;
    this.#hasRestSlots = true;
    this.extra++;
  }

  /** Whether the value of this slot belongs into rest, or counts as unmapped. */
  isInRest(slot: number): boolean {
    return this.#restSlots[slot] !== 0;
  }

  isInRestByPolicy(slot: number): boolean {
    return this.#restSlots[slot] === byPolicy;
  }
}
