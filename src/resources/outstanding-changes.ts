import { lookAhead, type Outstanding } from '../changes/look-ahead.ts';
import { storedPosition } from '../changes/stored-position.ts';
import type { RunRecord } from '../checkpoint/checkpoint-store.ts';
import { toDocrowError } from '../errors/to-docrow-error.ts';
import type { FeedPosition } from '../source/change-feed.ts';
import type { DocumentSource } from '../source/document-source.ts';
import type { Project } from './open-project.ts';
import type { OpenTarget } from './open-target.ts';

export interface FollowedRun {
  readonly run: RunRecord;
  readonly source: DocumentSource;
  readonly target: Pick<OpenTarget, 'store' | 'syncStore'>;
  readonly project: Project;
  readonly signal: AbortSignal;
}

/** Where the tables stand in the source's history; undefined where that is not known, or the source has none. */
export async function positionOfRun({ run, source, target }: FollowedRun): Promise<FeedPosition | undefined> {
  if (source.openChanges === undefined) return undefined;
  return storedPosition(target.store, target.syncStore, run);
}

/**
 * What happened in the source since.
 * @param limit events, about
 * @returns undefined when that cannot be found out, as when the source's history does not reach back
 */
export async function outstandingChanges(
  { source, project, signal }: FollowedRun,
  from: FeedPosition,
  limit: number,
): Promise<Outstanding | undefined> {
  const { collections } = project.mapping;
  try {
    return await lookAhead({ source, collections, signal }, from, limit);
  } catch (error) {
    const { policy, code } = toDocrowError(error);
    if (policy.reaction === 'retry' || code === 'interrupted' || code === 'internal') throw error;
    return undefined;
  }
}
