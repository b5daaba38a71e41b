import { readBinaryContent, uuidSubtype } from '../../bson/binary-content.ts';

export class Binaries {
  count = 0;
  uuids = 0;
  maxLength = 0;
  readonly subtypes = new Map<number, number>();

  add(bytes: Uint8Array, view: DataView, at: number): void {
    const { subtype, start, end } = readBinaryContent(bytes, view, at);
    this.count++;
    if (subtype === uuidSubtype && end - start === 16) this.uuids++;
    if (end - start > this.maxLength) this.maxLength = end - start;
    this.subtypes.set(subtype, (this.subtypes.get(subtype) ?? 0) + 1);
  }

  merge(other: Binaries): void {
    this.count += other.count;
    this.uuids += other.uuids;
    this.maxLength = Math.max(this.maxLength, other.maxLength);
    for (const [subtype, count] of other.subtypes) {
      this.subtypes.set(subtype, (this.subtypes.get(subtype) ?? 0) + count);
    }
  }
}
