import {
  type BlockScan,
  type BlockScanner,
  frameDamage,
  grown,
  lengthAt,
  lengthDamage,
} from './block-scanner.ts';

/** Finds documents that follow one another, as in a .bson file, by hopping over their lengths. */
export class BsonScanner implements BlockScanner {
  #expected = 1024;

  scan(block: Buffer, view: DataView): BlockScan {
    const size = block.length;
    let starts = new Int32Array(this.#expected);
    let count = 0;
    let at = 0;
    let neededBytes = 0;
    let damage: string | undefined;
    while (at + 4 <= size) {
      const length = lengthAt(view, at);
      damage = lengthDamage(length);
      if (damage !== undefined) break;
      if (at + length > size) {
        neededBytes = length;
        break;
      }
      if (block[at + length - 1] !== 0) {
        damage = frameDamage;
        break;
      }
      if (count === starts.length) starts = grown(starts);
      starts[count++] = at;
      at += length;
    }
    this.#expected = count + 16;
    return { starts, count, end: at, neededBytes, damage, finished: false };
  }

  damageAtEnd(tailBytes: number): string | undefined {
    return tailBytes > 0 ? 'the last document is cut short' : undefined;
  }
}
