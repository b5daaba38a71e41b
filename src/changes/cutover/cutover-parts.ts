import type { CheckpointStore, RunRecord } from '../../checkpoint/checkpoint-store.ts';
import type { SyncStore } from '../../checkpoint/sync-store.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { ValidationReport } from '../../report/validation-report.ts';
import type { DocumentSource } from '../../source/document-source.ts';
import type { CutoverTarget } from '../../target/cutover-target.ts';
import type { WriteGuard } from '../../target/write-guard.ts';

/** What looking at a run before the switch needs. */
export interface CutoverParts {
  readonly run: RunRecord;
  readonly source: DocumentSource;
  readonly store: CheckpointStore;
  readonly syncStore: SyncStore;
  readonly target: CutoverTarget;
  readonly guard: Pick<WriteGuard, 'report' | 'remove'>;
  readonly collections: readonly CollectionMapping[];
  /** The newest comparison of the run. */
  readonly lastValidation: () => Promise<
    { readonly validatedAt: Date; readonly report: ValidationReport } | undefined
  >;
  /** When rows of the run were changed last, by docrow or by others. */
  readonly lastChange: () => Promise<Date | undefined>;
  /** Compares both sides by digests now; undefined where that was not asked for. */
  readonly validate: (() => Promise<ValidationReport>) | undefined;
  readonly maxRejects: number;
  readonly signal: AbortSignal;
}
