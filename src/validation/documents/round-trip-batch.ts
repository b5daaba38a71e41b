import { createHash } from 'node:crypto';
import { extendedJsonText } from '../../bson/extended-json.ts';
import { createFoundField, findField } from '../../bson/find-field.ts';
import { type DocumentLoss, LossTally } from '../../losses/loss-tally.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { DocumentTexts } from '../../target/row-texts.ts';
import { DocumentTurns } from '../document-turns.ts';
import { documentTree, fieldOf } from './bson-tree.ts';
import { compareDocument, type RoundTrip } from './compare-document.ts';
import type { DocumentsParts } from './documents-parts.ts';
import { type ExpectedAbsences, hexOf } from './expected-absences.ts';
import { ExpectedRows, type LoadedDocument } from './expected-rows.ts';

/** A document that was made again from its rows. */
export interface JudgedDocument extends RoundTrip {
  /** BSON document `{_id: value}` in hexadecimal. */
  readonly idHex: string;
  /** The `_id` as canonical Extended JSON. */
  readonly idText: string;
  readonly key: Readonly<Record<string, string>>;
  readonly losses: readonly DocumentLoss[];
  /** Another text when document or rows change. */
  readonly sides: string;
}

const idKey = Buffer.from('_id');

/** Makes documents again from their rows and compares them with what they were, some at once. */
export class RoundTripBatch {
  readonly #parts: DocumentsParts;
  readonly #mapping: CollectionMapping;
  readonly #absences: ExpectedAbsences;
  readonly #expected: ExpectedRows;
  readonly #tally: LossTally;
  readonly #turns: DocumentTurns;

  constructor(parts: DocumentsParts, mapping: CollectionMapping, absences: ExpectedAbsences) {
    this.#parts = parts;
    this.#mapping = mapping;
    this.#absences = absences;
    this.#expected = new ExpectedRows(parts, mapping, absences);
    this.#tally = this.#newTally();
    this.#turns = new DocumentTurns(parts.signal);
  }

  /**
   * @returns those that should have rows
   * @throws DocrowError `interrupted`, and what the target reports
   */
  async judge(documents: readonly Buffer[]): Promise<readonly JudgedDocument[]> {
    const loaded: LoadedDocument[] = [];
    for (const bytes of documents) {
      await this.#turns.before(bytes.length);
      const document = this.#expected.rowsOf(bytes);
      if (document !== undefined) loaded.push(document);
    }
    if (loaded.length === 0) return [];
    const stored = await this.#parts.texts.readRows(this.#mapping, loaded, this.#parts.signal);
    const judged: JudgedDocument[] = [];
    for (const [index, document] of loaded.entries()) {
      await this.#turns.before(document.bytes.length);
      judged.push(this.#judgeOne(document, stored[index]!));
    }
    return judged;
  }

  #judgeOne({ bytes, id, rows, key }: LoadedDocument, found: DocumentTexts): JudgedDocument {
    const losses = this.#lossesOf(bytes);
    const keptId = found.hasPair ? fieldOf(documentTree(bytes), '_id') : undefined;
    const options = { losses, isCleared: this.#absences.isCleared(id) };
    const trip = compareDocument(bytes, this.#mapping, { rows: found.rows, id: keptId }, rows, options);
    const names = this.#mapping.tables[0]!.key;
    return {
      ...trip,
      losses,
      idHex: id === undefined ? '' : hexOf(id),
      idText: idTextOf(bytes),
      key: Object.fromEntries(names.map((name, place) => [name, key[place]!])),
      sides: createHash('sha256').update(bytes).update(JSON.stringify(found)).digest('base64'),
    };
  }

  #lossesOf(bytes: Buffer): readonly DocumentLoss[] {
    const losses = this.#tally.lossesOf(bytes, viewOf(bytes), 0);
    // Of more different paths than are told apart in a collection, those of a single document are.
    if (losses.every(({ path }) => !/(?:^|\.)\*(?:\.|$)/.test(path))) return losses;
    return this.#newTally(true).lossesOf(bytes, viewOf(bytes), 0);
  }

  #newTally(isExact = false): LossTally {
    return new LossTally(this.#mapping, { hasMadeIds: this.#parts.run.identity.kind === 'export', isExact });
  }
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function idTextOf(bytes: Buffer): string {
  const found = createFoundField();
  const view = viewOf(bytes);
  if (!findField(bytes, view, 0, idKey, found)) return '';
  return extendedJsonText(found.type, bytes, view, found.at);
}
