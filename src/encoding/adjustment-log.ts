import type { AdjustmentGroup } from '../report/migration-report.ts';

export type AdjustmentKind = AdjustmentGroup['kind'];

/** What a policy changed in a document, or a field that went to a rest column: counted once per document. */
export interface Adjustment {
  readonly table: string;
  readonly column: string;
  readonly kind: AdjustmentKind;
  /** Of `unmapped-rest` alone: keys from what a row is made from to the field, joined by dots; `*` for many. */
  readonly path?: string;
}

/** One adjustment that may be noted for many documents, and the last of them that it was noted for. */
export interface AdjustmentMark {
  readonly adjustment: Adjustment;
  document: number;
}

export const createMark = (adjustment: Adjustment): AdjustmentMark => ({ adjustment, document: 0 });

/** So many paths of unmapped fields are told apart; fields whose keys are data could be without number. */
const mostPaths = 200;

/** The adjustments of the document that is being encoded, each once however many rows it has. */
export class AdjustmentLog {
  readonly list: Adjustment[] = [];
  #document = 0;
  #pathsLeft = mostPaths;

  /** Begins with the next document. */
  begin(): void {
    this.#document++;
    this.clear();
  }

  clear(): void {
    if (this.list.length > 0) this.list.length = 0;
  }

  note(mark: AdjustmentMark): void {
    if (mark.document === this.#document) return;
    mark.document = this.#document;
    this.list.push(mark.adjustment);
  }

  /** Whether one more path may be told apart from the others. */
  takePath(): boolean {
    if (this.#pathsLeft === 0) return false;
    this.#pathsLeft--;
    return true;
  }
}
