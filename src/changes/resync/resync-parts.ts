import type { RootRows } from '../../target/root-rows.ts';
import type { DigestParts } from '../../validation/digests/create-digester.ts';
import type { SyncParts } from '../sync-parts.ts';
import type { SyncProgress } from '../sync-progress.ts';
import type { SyncTally } from '../sync-tally.ts';
import type { DeferredDeletes } from './deferred-deletes.ts';
import type { RepeatedDocuments } from './repeated-documents.ts';

/** What bringing tables in step without change events needs. */
export interface ResyncParts extends SyncParts {
  readonly digestParts: DigestParts;
  readonly rootRows: RootRows;
  /** Takes up what was done, also when an error ends it. */
  readonly tally: SyncTally;
  readonly progress: SyncProgress;
  /** Collections that are in step already, when an earlier attempt of this process was cut off; others are added. */
  readonly done: Set<string>;
  readonly deletes: DeferredDeletes;
  readonly repeated: RepeatedDocuments;
  /** Called after each step that is durable. */
  readonly onProgress: () => void;
}
