import type { ColumnMapping } from '../mapping/mapping.ts';
import type { AdjustmentGroup } from '../report/migration-report.ts';
import type { FieldPositions } from './document-scanner.ts';
import type { Memory } from './memory.ts';

export type AdjustmentKind = AdjustmentGroup['kind'];

/** A value that a policy changed; counted once per document. */
export interface Adjustment {
  readonly column: string;
  readonly kind: AdjustmentKind;
}

/** What is known about the document that is being encoded. One object serves all documents of a worker. */
export class DocumentState implements FieldPositions {
  input: Memory;
  start = 0;
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

  readonly adjustments: Adjustment[] = [];

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
    this.clearAdjustments();
  }

  clearAdjustments(): void {
    if (this.adjustments.length > 0) this.adjustments.length = 0;
  }

  /** Begins the document's row, perhaps a second time in a larger buffer. */
  beginRow(): void {
    this.extra = this.unmapped;
    this.clearAdjustments();
  }

  /** Sets the current column's value. Always true, so that a source can end with it. */
  take(type: number, input: Memory, at: number, slot: number): true {
    this.type = type;
    this.valueInput = input;
    this.at = at;
    this.slot = slot;
    return true;
  }

  /** The value of this slot is not in its column: it belongs into rest, or counts as unmapped. */
  sendToRest(slot: number): void {
    this.#restSlots[slot] = 1;
    this.#hasRestSlots = true;
    this.extra++;
  }

  isInRest(slot: number): boolean {
    return this.#restSlots[slot] === 1;
  }

  adjust(column: ColumnMapping, kind: AdjustmentKind): void {
    this.adjustments.push({ column: column.name, kind });
  }
}
