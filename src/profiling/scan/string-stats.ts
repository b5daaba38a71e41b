import { invalidUtf8At } from '../../bson/utf8.ts';
import { DistinctTexts } from './distinct-texts.ts';
import { hashBytes } from './hash-bytes.ts';
import { formOf, textForm } from './text-form.ts';

export class Strings {
  count = 0;
  empty = 0;
  minLength = Number.POSITIVE_INFINITY;
  maxLength = 0;
  withNul = 0;
  notUtf8 = 0;
  uuids = 0;
  dateTimes = 0;
  dates = 0;
  objectIds = 0;
  readonly distinct = new DistinctTexts();

  /** Adds the text in `bytes[start, end)`. */
  add(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    this.count++;
    if (start === end) this.empty++;
    let length = end - start;
    // Four bytes at a time: whether one of them is not ASCII, and whether one is zero.
    let high = 0;
    let zero = 0;
    let at = start;
    for (; at + 4 <= end; at += 4) {
      const word = view.getInt32(at, true);
      high |= word;
      zero |= (word - 0x01010101) & ~word;
    }
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      high |= byte;
      zero |= (byte - 1) & ~byte;
    }
    if ((zero & 0x80808080) !== 0) this.withNul++;
    if ((high & 0x80808080) === 0) this.#noteForm(bytes, start, end);
    else length = this.#measure(bytes, start, end);
    if (length < this.minLength) this.minLength = length;
    if (length > this.maxLength) this.maxLength = length;
    this.distinct.add(hashBytes(bytes, view, start, end), bytes, start, end, length);
  }

  #noteForm(bytes: Uint8Array, start: number, end: number): void {
    switch (formOf(bytes, start, end)) {
      case textForm.uuid:
        this.uuids++;
        break;
      case textForm.dateTime:
        this.dateTimes++;
        break;
      case textForm.date:
        this.dates++;
        break;
      case textForm.objectId:
        this.objectIds++;
        break;
    }
  }

  /** Counts the characters of a text that is not all ASCII. */
  #measure(bytes: Uint8Array, start: number, end: number): number {
    if (invalidUtf8At(bytes, start, end) !== -1) {
      this.notUtf8++;
      // Different bytes would read as the same text.
      this.distinct.forget();
    }
    let length = 0;
    for (let at = start; at < end; at++) if (((bytes[at] as number) & 0xc0) !== 0x80) length++;
    return length;
  }

  merge(other: Strings): void {
    this.count += other.count;
    this.empty += other.empty;
    this.minLength = Math.min(this.minLength, other.minLength);
    this.maxLength = Math.max(this.maxLength, other.maxLength);
    this.withNul += other.withNul;
    this.notUtf8 += other.notUtf8;
    this.uuids += other.uuids;
    this.dateTimes += other.dateTimes;
    this.dates += other.dates;
    this.objectIds += other.objectIds;
    this.distinct.merge(other.distinct);
  }
}
