import type { RejectionCode } from '../errors/error-codes.ts';

/**
 * Thrown where a value does not fit its column. Not an Error: it is part of the normal course, may be thrown
 * for every document of a dirty collection, and a stack trace would cost more than the document.
 */
export class ValueProblem {
  readonly code: RejectionCode;
  /** One sentence that says what is wrong without the value. */
  readonly reason: string;
  /** Keys and array positions from the column's own path down to the value. */
  readonly within: (string | number)[] = [];

  constructor(code: RejectionCode, reason: string) {
    this.code = code;
    this.reason = reason;
  }

  /** Adds the key or array position that the problem was met in; called from the inside out. */
  inside(step: string | number): this {
    this.within.unshift(step);
    return this;
  }

  /** Whether the column's `mismatch` policy decides about it. */
  get isMismatch(): boolean {
    return (
      this.code === 'value-mismatch' ||
      this.code === 'value-out-of-range' ||
      this.code === 'value-convert-failed'
    );
  }
}

export const mismatch = (reason: string): ValueProblem => new ValueProblem('value-mismatch', reason);
export const outOfRange = (reason: string): ValueProblem => new ValueProblem('value-out-of-range', reason);
