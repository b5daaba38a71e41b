import type { CollectionMapping } from '../../mapping/mapping.ts';
import { reachFailPoint } from '../../pipeline/fail-point.ts';
import type { DocumentBatch } from '../../source/document-source.ts';
import { type Suspect, settleDifferences } from '../settle-differences.ts';
import { ExpectedDocuments, type JudgedDocument } from './expected-documents.ts';
import { idKey, judgeByIds } from './judge-by-ids.ts';
import { type LookedAt, lookAtRows } from './row-look.ts';
import { RowTally, type SeenState } from './row-tally.ts';
import type { RowsParts } from './rows-parts.ts';

/** So much is compared at a time. Characters are those of all values as texts. */
const most = { documents: 500, characters: 8 * 1024 * 1024, rows: 20_000 } as const;
/** So many suspects are looked at again together; in a file, so many as one reading of it is worth. */
const mostSuspects = 1_000;
const mostSuspectCharacters = 16 * 1024 * 1024;
const mostDoubtful = 20_000;

export interface TrayOptions {
  readonly hasRowsBefore: boolean;
  readonly withSeen: boolean;
}

/** Collects documents, compares their rows some at a time while further ones are read, and tallies what it finds. */
export class DocumentsTray {
  readonly tally: RowTally;
  readonly #parts: RowsParts;
  readonly #mapping: CollectionMapping;
  readonly #options: TrayOptions;
  readonly #expected: ExpectedDocuments;
  #documents: JudgedDocument[] = [];
  #characters = 0;
  #rows = 0;
  #comparing: Promise<void> = Promise.resolve();
  /** Of a source that can be written to: documents that may be right by now. */
  #suspects: Suspect<LookedAt>[] = [];
  #suspectCharacters = 0;
  /** Of a file: documents without a right to rows, whose `_id` may be another document's too. */
  #doubtful: (LookedAt & { readonly id: Uint8Array; readonly seenAt: Date })[] = [];

  constructor(parts: RowsParts, mapping: CollectionMapping, options: TrayOptions) {
    this.tally = new RowTally(mapping);
    this.#parts = parts;
    this.#mapping = mapping;
    this.#options = options;
    this.#expected = new ExpectedDocuments(parts, mapping);
  }

  /** Takes all documents of a batch, and releases it. */
  async addBatch(batch: DocumentBatch): Promise<void> {
    for await (const document of this.#expected.judge(batch)) await this.#add(document);
    batch.release();
  }

  /** @returns how many of these documents are in the source */
  async addIds(ids: readonly Uint8Array[]): Promise<number> {
    let read = 0;
    const { collection } = this.#mapping;
    for await (const { document } of judgeByIds(this.#parts, collection, this.#expected, ids)) {
      if (document.isInSource) read++;
      await this.#add(document);
    }
    return read;
  }

  /** Compares what is left, and settles what is open. */
  async finish(): Promise<void> {
    await this.#compare();
    await this.#comparing;
    await this.#settle();
    await this.#clearDoubts();
  }

  /** Waits until nothing is under way any more. */
  async stop(): Promise<void> {
    await this.#comparing.catch(() => undefined);
  }

  async #add(document: JudgedDocument): Promise<void> {
    if (document.isInSource) this.tally.documents++;
    // A row that was there before may have the `_id` of a document that was rejected for it.
    if (document.rows === undefined && this.#options.hasRowsBefore) return;
    const isTooMuch =
      this.#characters + document.size > most.characters || this.#rows + document.rowCount > most.rows;
    if (isTooMuch && this.#documents.length > 0) await this.#compare();
    this.#documents.push(document);
    this.#characters += document.size;
    this.#rows += document.rowCount;
    if (this.#documents.length >= most.documents) await this.#compare();
  }

  /** Begins to compare what was collected, when what was begun before is done. */
  async #compare(): Promise<void> {
    const documents = this.#documents;
    this.#documents = [];
    this.#characters = 0;
    this.#rows = 0;
    await this.#comparing;
    if (documents.length === 0) return;
    this.#comparing = this.#look(documents);
    // Who waits for it next gets the error.
    this.#comparing.catch(() => undefined);
  }

  async #look(documents: readonly JudgedDocument[]): Promise<void> {
    const seenAt = new Date();
    const withTexts = this.#expected.isLive || !this.tally.isFull;
    const { withSeen } = this.#options;
    const look = await lookAtRows(this.#parts, this.#mapping, documents, { withTexts, withSeen });
    this.tally.addSeen(look.seen);
    for (const [index, one] of look.documents.entries()) {
      const { id } = one;
      if (one.findings.length === 0 || id === undefined || one.mayKeepRows)
        this.tally.addDocument(one, standing(seenAt));
      else if (this.#expected.isLive) {
        this.#suspects.push({ key: idKey(id), sides: one.sides, finding: one, seenAt });
        this.#suspectCharacters += one.sides.length;
      } else if (!one.isExpected && documents[index]!.isInSource) {
        this.#doubtful.push({ ...one, id, seenAt });
      } else this.tally.addDocument(one, standing(seenAt));
    }
    const isMuch = this.#suspects.length >= mostSuspects || this.#suspectCharacters >= mostSuspectCharacters;
    if (isMuch) await this.#settle();
    if (this.#doubtful.length >= mostDoubtful) await this.#clearDoubts();
    reachFailPoint('mid-rows');
  }

  /** Looks again at what differs, and tallies what is believed then. */
  async #settle(): Promise<void> {
    const suspects = this.#suspects;
    this.#suspects = [];
    this.#suspectCharacters = 0;
    const ids = new Map(suspects.map(({ key, finding }) => [key, finding!.id!]));
    const last = new Map<string, LookedAt>();
    const lookAgain = async (keys: readonly string[]) => {
      const looks = await this.#lookByIds(keys.map((key) => ids.get(key)!));
      for (const [key, look] of looks) last.set(key, look);
      return [...looks].map(([key, look]) => ({
        key,
        sides: look.sides,
        finding: look.findings.length === 0 ? undefined : look,
      }));
    };
    const { signal, pausesMs } = this.#parts;
    for (const { key, state, firstSeenAt } of await settleDifferences(
      suspects,
      lookAgain,
      signal,
      pausesMs,
    )) {
      this.tally.addDocument(last.get(key)!, { state, firstSeenAt });
    }
  }

  /** Looks at documents again, both sides. */
  async #lookByIds(ids: readonly Uint8Array[]): Promise<ReadonlyMap<string, LookedAt>> {
    const looks = new Map<string, LookedAt>();
    const { collection } = this.#mapping;
    let part: JudgedDocument[] = [];
    let keys: string[] = [];
    let characters = 0;
    const look = async (): Promise<void> => {
      if (part.length === 0) return;
      const options = { withTexts: true, withSeen: false };
      const { documents } = await lookAtRows(this.#parts, this.#mapping, part, options);
      for (const [index, one] of documents.entries()) looks.set(keys[index]!, one);
      part = [];
      keys = [];
      characters = 0;
    };
    for await (const { asked, document } of judgeByIds(this.#parts, collection, this.#expected, ids)) {
      part.push(document);
      keys.push(idKey(asked));
      characters += document.size;
      if (part.length >= most.documents || characters >= most.characters) await look();
    }
    await look();
    return looks;
  }

  /** Believes that rows are too many when no other document with the `_id` should have them. */
  async #clearDoubts(): Promise<void> {
    const doubtful = this.#doubtful;
    this.#doubtful = [];
    const rightful = new Set<string>();
    const expected = new ExpectedDocuments(this.#parts, this.#mapping);
    const ids = doubtful.map(({ id }) => id);
    for await (const { asked, document } of judgeByIds(
      this.#parts,
      this.#mapping.collection,
      expected,
      ids,
    )) {
      if (document.rows !== undefined) rightful.add(idKey(asked));
    }
    for (const { seenAt, ...one } of doubtful) {
      const isRight = rightful.has(idKey(one.id));
      this.tally.addDocument(isRight ? { ...one, findings: [] } : one, standing(seenAt));
    }
  }
}

const standing = (seenAt: Date): SeenState => ({ state: 'standing', firstSeenAt: seenAt.toISOString() });
