import { changeOf } from './describe-documents.ts';
import type { RefreshedDocument, RefreshFollower, RefreshOutcome, RefreshParts } from './refresh-parts.ts';
import { keyOfId } from './waiting-documents.ts';

interface DocumentStory {
  document: RefreshedDocument | undefined;
  /** That it followed another one, the last time that it did. */
  follower: RefreshFollower | undefined;
}

/** What became of each document of a batch, whichever of its passes did it. */
export class BatchOutcomes {
  readonly #stories = new Map<string, Map<string, DocumentStory>>();

  note(
    collection: string,
    documents: readonly RefreshedDocument[],
    followers: readonly RefreshFollower[],
  ): void {
    const own = this.#of(collection);
    for (const document of documents) {
      const key = keyOfId(document.id);
      const story = own.get(key);
      if (story === undefined) own.set(key, { document, follower: undefined });
      else story.document = merge(story, document);
    }
    for (const follower of followers) {
      const others = this.#of(follower.collection);
      const key = keyOfId(follower.id);
      const story = others.get(key) ?? { document: undefined, follower: undefined };
      others.set(key, story);
      story.follower = follower;
      const { document } = story;
      if (document === undefined) continue;
      story.document =
        follower.change === 'cleared'
          ? { ...document, isCleared: true }
          : { ...document, state: 'rejected', change: 'rejected', problem: follower.problem };
    }
  }

  /** By work; followers of all are told with the first one. */
  of(works: readonly { readonly parts: Pick<RefreshParts, 'mapping'> }[]): readonly RefreshOutcome[] {
    const names = new Set(works.map(({ parts }) => parts.mapping.collection));
    const followers: RefreshFollower[] = [];
    const documents = new Map<string, RefreshedDocument[]>();
    for (const [collection, stories] of this.#stories) {
      const own: RefreshedDocument[] = [];
      documents.set(collection, own);
      for (const { document, follower } of stories.values()) {
        if (document === undefined) followers.push(follower!);
        else if (names.has(collection)) own.push(document);
        else if (document.state === 'rejected' || document.isCleared) followers.push(follower!);
      }
    }
    return works.map(({ parts }, place) => ({
      documents: documents.get(parts.mapping.collection) ?? [],
      followers: place === 0 ? followers : [],
      isComplete: true,
    }));
  }

  #of(collection: string): Map<string, DocumentStory> {
    const known = this.#stories.get(collection) ?? new Map<string, DocumentStory>();
    this.#stories.set(collection, known);
    return known;
  }
}

/** What both did together, and how it ended. */
function merge({ document: earlier, follower }: DocumentStory, later: RefreshedDocument): RefreshedDocument {
  // One that followed another had rows; of one that was left as it was it was not looked.
  const wasLater = later.wasPresent && (earlier === undefined || earlier.rows.length === 0);
  const wasPresent = earlier?.wasPresent === true || follower !== undefined || wasLater;
  const rows = earlier === undefined ? later.rows : [...earlier.rows, ...later.rows];
  const isChanged = rows.length > 0 || follower !== undefined;
  return { ...later, wasPresent, rows, change: changeOf(later.state, isChanged, wasPresent) };
}
