import type { DigestStore } from '../../checkpoint/digest-store.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import { constraintCodes } from '../constraint-codes.ts';

export const hexOf = (id: Uint8Array): string => Buffer.from(id).toString('hex');

/** What the load recorded about documents whose rows are not what the conversion makes of them. */
export class ExpectedAbsences {
  readonly #absent = new Set<string>();
  /** Documents of files that share an `_id`: those that were set aside, by it. */
  readonly #twins = new Map<string, Buffer[]>();
  readonly #cleared: ReadonlySet<string>;

  constructor(cleared: readonly Uint8Array[]) {
    this.#cleared = new Set(cleared.map(hexOf));
  }

  add(id: Uint8Array, document: Uint8Array | undefined): void {
    const key = hexOf(id);
    if (document === undefined) this.#absent.add(key);
    else this.#twins.set(key, [...(this.#twins.get(key) ?? []), Buffer.from(document)]);
  }

  /** Whether a constraint took the document out. */
  isAbsent(id: Uint8Array | undefined, document: Buffer): boolean {
    if (id === undefined || (this.#absent.size === 0 && this.#twins.size === 0)) return false;
    const key = hexOf(id);
    return this.#absent.has(key) || (this.#twins.get(key) ?? []).some((twin) => twin.equals(document));
  }

  /** Whether a reference of the document was set to NULL. */
  isCleared(id: Uint8Array | undefined): boolean {
    return id !== undefined && this.#cleared.has(hexOf(id));
  }
}

/** @param hasUniqueIds two documents of the source never share an `_id` */
export async function readAbsences(
  digests: Pick<DigestStore, 'rejectedIds' | 'clearedIds'>,
  runId: string,
  { collection }: CollectionMapping,
  hasUniqueIds: boolean,
): Promise<ExpectedAbsences> {
  const absences = new ExpectedAbsences(await digests.clearedIds(runId, collection));
  for await (const { id, code, document } of digests.rejectedIds(runId, collection)) {
    if (constraintCodes.includes(code)) absences.add(id, hasUniqueIds ? undefined : document);
  }
  return absences;
}
