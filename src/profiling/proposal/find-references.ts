import { bsonType } from '../../bson/bson-type.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { RunEventListener } from '../../pipeline/run-event.ts';
import type { DocumentSource } from '../../source/document-source.ts';
import { HashSet } from './hash-set.ts';
import type { ValueStep } from './proposal.ts';
import {
  namesTarget,
  type ProfiledProposal,
  type ReferenceCandidate,
  type ReferenceTarget,
  referenceCandidates,
} from './reference-candidates.ts';
import { type ValueClass, ValueHash } from './value-hash.ts';
import { type RawStep, rawSteps, visitValues } from './visit-values.ts';

/** Where a column's values really point to. */
export interface FoundReference extends Omit<ReferenceCandidate, 'targets'> {
  readonly target: ReferenceTarget;
  /** Values that were looked up, and those of them that exist. */
  readonly values: number;
  readonly existing: number;
  /** False when the target was too large to be held: then a part of the values was looked up. */
  readonly isExact: boolean;
}

/** Values of several columns together that were looked at for being unique. */
export interface UniqueCheck {
  readonly owner: ProfiledProposal;
  readonly columns: readonly { readonly steps: readonly ValueStep[]; readonly kind: ValueClass }[];
}

export interface CheckedValues {
  readonly references: readonly FoundReference[];
  /** Those of all documents where no two have the same values; null and missing count as different. */
  readonly unique: ReadonlySet<UniqueCheck>;
}

export interface FindOptions {
  readonly onEvent?: RunEventListener | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Hashes that are kept at a time, of all columns together: 16 bytes each. */
const mostHashes = 4_000_000;
const fewestHashes = 50_000;
const leastExisting: Readonly<Record<ValueClass, number>> = { text: 0.5, uuid: 0.5, integer: 0.9 };

interface Reading {
  readonly columns: readonly { readonly steps: readonly RawStep[]; readonly kind: ValueClass }[];
  take(low: number, high: number): void;
}

/**
 * Reads the documents again, at most twice, and sees which columns refer to which: memory is bounded, and beyond some
 * millions of values a part of them is compared, the same part on both sides.
 * @throws DocrowError `interrupted`; what the source throws
 */
export async function findReferences(
  source: DocumentSource,
  all: readonly ProfiledProposal[],
  checks: readonly UniqueCheck[],
  options: FindOptions = {},
): Promise<CheckedValues> {
  const candidates = referenceCandidates(all);
  const targets = [...new Set(candidates.flatMap((candidate) => candidate.targets))];
  const limit = Math.max(fewestHashes, Math.floor(mostHashes / Math.max(1, targets.length + checks.length)));
  const sets = new Map<ReferenceTarget | UniqueCheck, HashSet>();
  const repeated = new Set<ReferenceTarget | UniqueCheck>();
  const collect = (of: ReferenceTarget | UniqueCheck, columns: Reading['columns']): Reading => {
    const set = new HashSet(limit);
    sets.set(of, set);
    return {
      columns,
      take: (low, high) => {
        if (!set.add(low, high)) repeated.add(of);
      },
    };
  };
  if (targets.length + checks.length > 0) {
    options.onEvent?.({ kind: 'notice', message: 'Comparing values, to see which fields refer to which' });
  }
  for (const owner of all) {
    await read(source, owner, options, [
      ...targets
        .filter((target) => target.owner === owner)
        .map((target) => collect(target, [{ steps: rawSteps(target.column.path ?? []), kind: target.kind }])),
      ...checks
        .filter((check) => check.owner === owner)
        .map((check) =>
          collect(
            check,
            check.columns.map(({ steps, kind }) => ({ steps: rawSteps(steps), kind })),
          ),
        ),
    ]);
  }
  const isUsable = (target: ReferenceTarget): boolean => {
    const set = sets.get(target);
    return set !== undefined && (target.isKey || (!repeated.has(target) && !set.isSample));
  };
  const counts: FoundReference[] = [];
  for (const owner of all) {
    const tallies = candidates
      .filter((candidate) => candidate.owner === owner)
      .flatMap(({ targets: own, ...candidate }) =>
        own
          .filter(isUsable)
          .map((target) => ({ candidate, target, set: sets.get(target)!, values: 0, existing: 0 })),
      );
    await read(
      source,
      owner,
      options,
      tallies.map((tally) => ({
        columns: [
          {
            steps: rawSteps([...tally.candidate.table.steps, ...(tally.candidate.column.path ?? [])]),
            kind: tally.candidate.kind,
          },
        ],
        take: (low, high) => {
          if (!tally.set.covers(low)) return;
          tally.values++;
          if (tally.set.has(low, high)) tally.existing++;
        },
      })),
    );
    counts.push(
      ...tallies.map(({ candidate, target, set, values, existing }) => ({
        ...candidate,
        target,
        values,
        existing,
        isExact: !set.isSample,
      })),
    );
  }
  return {
    references: bestOf(counts),
    unique: new Set(checks.filter((check) => !repeated.has(check) && sets.get(check)?.isSample === false)),
  };
}

async function read(
  source: DocumentSource,
  { profile }: ProfiledProposal,
  { onEvent = () => undefined, signal }: FindOptions,
  readings: readonly Reading[],
): Promise<void> {
  if (readings.length === 0 || profile.documents === 0) return;
  const hash = new ValueHash();
  const all = { lower: undefined, upper: undefined };
  try {
    for await (const batch of source.readRange(profile.name, all, { signal })) {
      for (let i = 0; i < batch.count; i++)
        readDocument(batch.bytes, batch.view, batch.starts[i] as number, readings, hash);
      batch.release();
    }
  } catch (error) {
    // A damaged file: the profile says so already.
    if (!(error instanceof DocrowError) || error.policy.reaction !== 'stop-collection') throw error;
    onEvent({
      kind: 'collection-stopped',
      collection: profile.name,
      code: error.code,
      message: error.message,
    });
  }
}

function readDocument(
  bytes: Buffer,
  view: DataView,
  start: number,
  readings: readonly Reading[],
  hash: ValueHash,
): void {
  try {
    for (const { columns, take } of readings) {
      const [first] = columns;
      if (columns.length === 1 && first !== undefined) {
        visitValues(bytes, view, bsonType.document, start, first.steps, (type, at) => {
          hash.start();
          if (!hash.add(first.kind, type, bytes, view, at)) return;
          hash.finish();
          take(hash.low, hash.high);
        });
        continue;
      }
      let added = 0;
      hash.start();
      for (const { steps, kind } of columns) {
        visitValues(bytes, view, bsonType.document, start, steps, (type, at) => {
          if (hash.add(kind, type, bytes, view, at)) added++;
        });
      }
      hash.finish();
      // With a null among them PostgreSQL compares nothing.
      if (added === columns.length) take(hash.low, hash.high);
    }
  } catch (error) {
    if (!(error instanceof DocrowError) || error.policy.reaction !== 'reject-document') throw error;
  }
}

/** Per column the target that most of its values exist in; of equals the one that its name speaks of. */
function bestOf(counts: readonly FoundReference[]): readonly FoundReference[] {
  const best = new Map<FoundReference['column'], FoundReference>();
  for (const found of counts) {
    if (found.values === 0 || found.existing / found.values < leastExisting[found.kind]) continue;
    const other = best.get(found.column);
    if (other === undefined || rank(found) > rank(other)) best.set(found.column, found);
  }
  return [...best.values()];
}

const rank = ({ existing, values, column, target }: FoundReference): number =>
  (existing / values) * 100 + (namesTarget(column, target) ? 10 : 0) + (target.isKey ? 1 : 0);
