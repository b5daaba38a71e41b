import { readNamespaceHeader } from './archive-header.ts';
import {
  type BlockScan,
  type BlockScanner,
  frameDamage,
  grown,
  lengthAt,
  lengthDamage,
} from './block-scanner.ts';
import { Crc64 } from './crc64.ts';

/** Stands where a document's length would. */
export const terminator = -1;

/**
 * Finds the documents of one collection in the body of a mongodump archive.
 *
 * The body is a sequence of slices: a namespace header, documents, a terminator. Slices of collections that were
 * dumped at the same time alternate. A header with EOF and without documents ends a collection and holds its
 * checksum (mongo-tools, common/archive: parser.go, multiplexer.go).
 */
export class ArchiveScanner implements BlockScanner {
  readonly #database: string;
  readonly #collection: string;
  readonly #mayBeAbsent: boolean;
  readonly #crc = new Crc64();
  #seen = false;
  #expected = 1024;
  #place: 'header' | 'wanted slice' | 'other slice' = 'header';

  /** @param mayBeAbsent whether an archive without any trace of the collection is as it should be */
  constructor(database: string, collection: string, mayBeAbsent: boolean) {
    this.#database = database;
    this.#collection = collection;
    this.#mayBeAbsent = mayBeAbsent;
  }

  /** Whether a header of the collection was found. */
  get seen(): boolean {
    return this.#seen;
  }

  scan(block: Buffer, view: DataView): BlockScan {
    const size = block.length;
    let starts = new Int32Array(this.#expected);
    let count = 0;
    let at = 0;
    let neededBytes = 0;
    let damage: string | undefined;
    let finished = false;
    while (at + 4 <= size && !finished) {
      const length = lengthAt(view, at);
      if (length === terminator && this.#place !== 'header') {
        this.#place = 'header';
        at += 4;
        continue;
      }
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
      if (this.#place === 'header') {
        const outcome = this.#takeHeader(block, view, at);
        finished = outcome === 'finished';
        if (outcome !== 'finished' && outcome !== 'slice') {
          damage = outcome;
          break;
        }
      } else if (this.#place === 'wanted slice') {
        if (count === starts.length) starts = grown(starts);
        starts[count++] = at;
        this.#crc.add(block, at, at + length);
      }
      at += length;
    }
    this.#expected = count + 16;
    return { starts, count, end: at, neededBytes, damage, finished };
  }

  damageAtEnd(tailBytes: number): string | undefined {
    if (this.#mayBeAbsent && !this.#seen && tailBytes === 0) return undefined;
    return 'the archive ends before the collection does';
  }

  /** @returns what follows, or what is wrong */
  #takeHeader(block: Buffer, view: DataView, at: number): 'slice' | 'finished' | (string & {}) {
    const header = readNamespaceHeader(block, view, at);
    if (header === undefined || header.collection === '') return 'a slice names no collection';
    const wanted = header.database === this.#database && header.collection === this.#collection;
    this.#seen ||= wanted;
    this.#place = wanted ? 'wanted slice' : 'other slice';
    if (!wanted || !header.eof) return 'slice';
    return header.crc === undefined || header.crc === this.#crc.value
      ? 'finished'
      : 'the checksum of the collection is wrong, so that one of its documents is not what was dumped';
  }
}
