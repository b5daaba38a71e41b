import type { SyncedCollectionState, SyncState } from './sync-state.ts';
import { formatLag, formatTime } from './text/quantities.ts';

/** Where the tables of a run stand in the source's history. Whole sentences, without a full stop. */
export const syncSentences = (sync: SyncState, cutOverAt: string | undefined): readonly string[] => {
  const { position, lagSeconds, isFollowed, recoveringFrom, movedAt } = sync;
  const sentences = [
    position === undefined
      ? `Changes are not followed by events; the tables were last compared on ${formatTime(movedAt)}`
      : `Every change up to ${formatTime(position.sourceTime)} is in the tables${
          lagSeconds === undefined || cutOverAt !== undefined ? '' : `, which is ${formatLag(lagSeconds)} ago`
        }`,
  ];
  if (cutOverAt !== undefined) {
    sentences.push(
      `The switch to PostgreSQL was recorded on ${formatTime(cutOverAt)}; changes are followed no more`,
    );
    return sentences;
  }
  if (isFollowed) sentences.push('A process follows the changes');
  else if (position !== undefined) {
    sentences.push('No process follows the changes now; docrow sync --follow goes on from there');
  }
  if (recoveringFrom !== undefined) {
    sentences.push(
      `A comparison of everything that began at ${formatTime(recoveringFrom)} is not through; docrow sync --recover makes it anew`,
    );
  }
  return sentences;
};

/** One sentence for each collection whose changes are followed no more. */
export const stopSentences = ({ collections }: SyncState): readonly string[] =>
  collections.flatMap(({ collection, stopped }) => {
    if (stopped === undefined) return [];
    const since = stopped.at === undefined ? '' : ` since ${formatTime(stopped.at)}`;
    return [`${collection} is followed no more${since}: ${stopped.reason} [${stopped.code}]`];
  });

/** How a collection is kept in step, in a word or two. */
export const syncStateWord = (
  { stopped, cursorField }: SyncedCollectionState,
  { position, isFollowed }: Pick<SyncState, 'position' | 'isFollowed'>,
): string => {
  if (stopped !== undefined) return 'stopped';
  if (position !== undefined) return isFollowed ? 'followed' : 'in step so far';
  return cursorField === undefined ? 'compared' : `by ${cursorField}`;
};
