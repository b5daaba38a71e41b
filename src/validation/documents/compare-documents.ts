import type { CollectionMapping } from '../../mapping/mapping.ts';
import { reachFailPoint } from '../../pipeline/fail-point.ts';
import type { DeclaredLoss, Difference } from '../../report/validation-report.ts';
import { type Sighting, type Suspect, settleDifferences } from '../settle-differences.ts';
import type { DocumentsParts } from './documents-parts.ts';
import { readAbsences } from './expected-absences.ts';
import { LossCounts } from './loss-counts.ts';
import { copyDocuments, readDocuments } from './read-documents.ts';
import { type JudgedDocument, RoundTripBatch } from './round-trip-batch.ts';
import { treeText } from './tree-text.ts';

export interface DocumentsOutcome {
  /** Documents that should have rows. What should have none is the concern of comparing rows. */
  readonly documents: number;
  /** Come back from their rows as they were. */
  readonly equal: number;
  /** Come back with declared losses alone. */
  readonly declared: number;
  readonly undeclared: number;
  readonly declaredLosses: readonly DeclaredLoss[];
  /** Of kind `undeclared-loss`; `column` is the path in the document, with array positions. */
  readonly differences: readonly Difference[];
  readonly truncated: boolean;
}

const mostDifferences = 1_000;
/** So many documents are looked at again when the source is a server. */
const mostSuspects = 1_000;

/**
 * The round trip: makes documents again from their rows, by the mapping backwards, and compares them with the originals
 * at BSON level. Whatever differs has to be among the losses that are declared for that document (docs/losses.md), and
 * be the sort of change that this kind of loss means.
 * @param which all documents of the source, or those with these `_id`s (BSON documents `{_id: value}`)
 * @throws DocrowError `interrupted`, and what source and target report
 */
export async function compareDocuments(
  parts: DocumentsParts,
  mapping: CollectionMapping,
  which: 'all' | AsyncIterable<readonly Uint8Array[]>,
): Promise<DocumentsOutcome> {
  const { source, run, digests, signal } = parts;
  const isServer = run.identity.kind === 'mongo';
  const absences = await readAbsences(digests, run.runId, mapping, isServer);
  const batch = new RoundTripBatch(parts, mapping, absences);
  const result = new Result(mapping);
  const suspects: (Suspect<JudgedDocument> & { readonly finding: JudgedDocument })[] = [];
  const take = async (documents: readonly Buffer[]): Promise<void> => {
    for (const judged of await batch.judge(documents)) {
      const isSuspect = judged.verdict === 'undeclared' && isServer && suspects.length < mostSuspects;
      if (isSuspect) {
        const { idHex: key, sides } = judged;
        suspects.push({ key, sides, finding: judged, seenAt: new Date() });
      } else result.add(judged, 'standing', new Date().toISOString());
    }
  };
  for await (const documents of readDocuments(parts, mapping, which)) {
    await take(documents);
    reachFailPoint('mid-documents');
  }

  const latest = new Map<string, JudgedDocument>();
  const lookAgain = async (keys: readonly string[]): Promise<readonly Sighting<JudgedDocument>[]> => {
    const ids = keys.map((key) => Buffer.from(key, 'hex'));
    for await (const found of copyDocuments(source.readByIds(mapping.collection, ids), () => undefined)) {
      for (const judged of await batch.judge(found)) latest.set(judged.idHex, judged);
    }
    return keys.flatMap((key) => {
      const judged = latest.get(key);
      if (judged === undefined) return [];
      const { sides, verdict } = judged;
      return [{ key, sides, finding: verdict === 'undeclared' ? judged : undefined }];
    });
  };
  for (const { key, finding, state, firstSeenAt } of await settleDifferences(
    suspects,
    lookAgain,
    signal,
    parts.pausesMs,
  )) {
    // One that is gone from the source, or has no rows to have any more, is none of these.
    const judged = finding ?? latest.get(key);
    if (judged !== undefined) result.add(judged, state, firstSeenAt);
  }
  return result.outcome();
}

/** Counts verdicts and keeps the first differences. */
class Result {
  readonly #mapping: CollectionMapping;
  readonly #counts = { equal: 0, declared: 0, undeclared: 0 };
  readonly #losses = new LossCounts();
  readonly #differences: Difference[] = [];
  #truncated = false;

  constructor(mapping: CollectionMapping) {
    this.#mapping = mapping;
  }

  add(judged: JudgedDocument, state: Difference['state'], firstSeenAt: string): void {
    this.#counts[judged.verdict]++;
    this.#losses.add(judged.losses);
    for (const { place, original, rebuilt } of judged.problems) {
      if (this.#differences.length === mostDifferences) {
        this.#truncated = true;
        return;
      }
      this.#differences.push({
        kind: 'undeclared-loss',
        collection: this.#mapping.collection,
        table: this.#mapping.tables[0]!.name,
        key: judged.key,
        id: judged.idText,
        ...(place === '' ? {} : { column: place }),
        ...(original === undefined ? {} : { expected: treeText(original) }),
        ...(rebuilt === undefined ? {} : { actual: treeText(rebuilt) }),
        state,
        firstSeenAt,
      });
    }
  }

  outcome(): DocumentsOutcome {
    const { equal, declared, undeclared } = this.#counts;
    return {
      documents: equal + declared + undeclared,
      ...this.#counts,
      declaredLosses: this.#losses.all(),
      differences: this.#differences,
      truncated: this.#truncated,
    };
  }
}
