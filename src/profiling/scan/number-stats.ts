import { readDecimal128 } from '../../bson/decimal128.ts';

/** Up to here every whole number is a double. */
const largestExact = 2 ** 53;
const largestInt64 = 2 ** 63;

/**
 * The least and greatest of whole numbers of 64 bits, without a BigInt per value: numbers are compared as doubles,
 * and as BigInt only where a rounded double could be the new extreme.
 */
export class WholeNumbers {
  count = 0;
  #least = Number.POSITIVE_INFINITY;
  #greatest = Number.NEGATIVE_INFINITY;
  /** Exactly the extreme where the double is rounded. */
  #exactLeast: bigint | undefined;
  #exactGreatest: bigint | undefined;

  get min(): bigint {
    return this.#exactLeast ?? BigInt(this.#least);
  }

  get max(): bigint {
    return this.#exactGreatest ?? BigInt(this.#greatest);
  }

  /** @param value a whole number */
  addNumber(value: number): void {
    this.count++;
    if (value <= this.#least) this.#setLeast(value, undefined);
    if (value >= this.#greatest) this.#setGreatest(value, undefined);
  }

  addInt64(view: DataView, at: number): void {
    const rounded = view.getInt32(at + 4, true) * 4294967296 + view.getUint32(at, true);
    if (rounded < largestExact && rounded > -largestExact) {
      this.addNumber(rounded);
      return;
    }
    this.count++;
    if (rounded <= this.#least) this.#setLeast(rounded, view.getBigInt64(at, true));
    if (rounded >= this.#greatest) this.#setGreatest(rounded, view.getBigInt64(at, true));
  }

  merge(other: WholeNumbers): void {
    this.count += other.count;
    this.#setLeast(other.#least, other.#exactLeast);
    this.#setGreatest(other.#greatest, other.#exactGreatest);
  }

  #setLeast(rounded: number, exact: bigint | undefined): void {
    if (rounded > this.#least) return;
    if (rounded === this.#least && (exact ?? BigInt(rounded)) >= this.min) return;
    this.#least = rounded;
    this.#exactLeast = exact;
  }

  #setGreatest(rounded: number, exact: bigint | undefined): void {
    if (rounded < this.#greatest) return;
    if (rounded === this.#greatest && (exact ?? BigInt(rounded)) <= this.max) return;
    this.#greatest = rounded;
    this.#exactGreatest = exact;
  }
}

export class Doubles {
  count = 0;
  integral = 0;
  negativeZero = 0;
  notFinite = 0;
  singlePrecision = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;

  /** @returns whether the value is a whole number that 64 bits hold */
  add(value: number): boolean {
    this.count++;
    const single = Math.fround(value);
    if (single === value) this.singlePrecision++;
    if (!Number.isFinite(value)) {
      this.notFinite++;
      if (Number.isNaN(value)) this.singlePrecision++;
      return false;
    }
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    if (!Number.isInteger(value) || value >= largestInt64 || value <= -largestInt64) return false;
    this.integral++;
    if (value === 0 && 1 / value < 0) this.negativeZero++;
    return true;
  }

  merge(other: Doubles): void {
    this.count += other.count;
    this.integral += other.integral;
    this.negativeZero += other.negativeZero;
    this.notFinite += other.notFinite;
    this.singlePrecision += other.singlePrecision;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
  }
}

export class Decimals {
  count = 0;
  notFinite = 0;
  negativeZero = 0;
  exponentForms = 0;
  maxIntegerDigits = 0;
  maxScale = 0;

  add(view: DataView, at: number): void {
    this.count++;
    const { kind, negative, coefficient, exponent } = readDecimal128(view, at);
    if (kind !== 'finite') {
      this.notFinite++;
      return;
    }
    if (coefficient === 0n && negative) this.negativeZero++;
    if (exponent > 0) this.exponentForms++;
    const digits = coefficient === 0n ? 0 : coefficient.toString().length;
    if (digits > 0) this.maxIntegerDigits = Math.max(this.maxIntegerDigits, digits + exponent);
    this.maxScale = Math.max(this.maxScale, -exponent);
  }

  merge(other: Decimals): void {
    this.count += other.count;
    this.notFinite += other.notFinite;
    this.negativeZero += other.negativeZero;
    this.exponentForms += other.exponentForms;
    this.maxIntegerDigits = Math.max(this.maxIntegerDigits, other.maxIntegerDigits);
    this.maxScale = Math.max(this.maxScale, other.maxScale);
  }
}
