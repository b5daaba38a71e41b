/**
 * The contract of following what happens in a source. An event says which document changed, never what became of it:
 * whoever follows reads the document as it is then. So events are small, whatever the documents are.
 *
 * What a caller may rely on:
 * - Events come in the order in which they happened. After a lost connection, or a new feed that begins at a position
 *   given earlier, nothing is missing; what came after that position comes again.
 * - The cluster time of positions never falls within one feed.
 * - A position of an empty batch is one up to which there is nothing more to come.
 */

/** A place in the history of a source; everything up to it was given. */
export interface FeedPosition {
  /** `seconds:increment`. */
  readonly clusterTime: string;
  /** Canonical Extended JSON; opaque. Without one the feed begins after the cluster time. */
  readonly resumeToken: string | undefined;
}

export type DocumentOperation = 'insert' | 'update' | 'replace' | 'delete';

export type ChangeEvent = {
  /** When it happened, as `seconds:increment`. */
  readonly clusterTime: string;
} & (
  | {
      readonly kind: 'document';
      readonly operation: DocumentOperation;
      readonly collection: string;
      /** BSON document `{_id: value}`, the value with its own type. */
      readonly id: Uint8Array;
    }
  | {
      readonly kind: 'collection';
      /** As the server calls it: `create`, `drop`, `rename`, `createIndexes`, `refineCollectionShardKey`, … */
      readonly operation: string;
      readonly collection: string;
      /** The new name, of a rename. */
      readonly to?: string | undefined;
    }
  | {
      readonly kind: 'database';
      /** `dropDatabase` or `invalidate`; after the latter the feed gives nothing more. */
      readonly operation: string;
    }
);

export interface FeedBatch {
  readonly events: readonly ChangeEvent[];
  /** After the last event, or as far as was looked. */
  readonly position: FeedPosition;
  /** After one of the events. */
  positionAfter(index: number): FeedPosition;
}

export interface FeedOptions {
  /** Collections whose documents are followed. Events that are not about documents come for all collections. */
  readonly collections: readonly string[];
  /** Events of one batch, at most. */
  readonly batchEvents: number;
  /** How long to wait for an event before an empty batch is given, in milliseconds. */
  readonly waitMs: number;
}

export interface ChangeFeed {
  /** What a person has to be told of what is not seen. Whole sentences. */
  notices(): readonly string[];

  /**
   * Waits for what happens next. After any error there is nothing more: a new feed goes on from the last position.
   * @throws DocrowError `source-history-lost` when the history does not reach back any more, `source-cursor-lost` and
   * `source-unreachable` when a new feed may go on from the last position, `source-denied`, `interrupted`
   */
  next(signal?: AbortSignal): Promise<FeedBatch>;
  close(): Promise<void>;
}

/** Of two cluster times, as `Array.prototype.sort` wants it. */
export function compareClusterTimes(a: string, b: string): number {
  const [secondsA, incrementA] = parts(a);
  const [secondsB, incrementB] = parts(b);
  return secondsA - secondsB || incrementA - incrementB;
}

/** The second of a cluster time. */
export const dateOfClusterTime = (clusterTime: string): Date => new Date(parts(clusterTime)[0] * 1000);

function parts(clusterTime: string): readonly [number, number] {
  const [seconds, increment] = clusterTime.split(':').map(Number);
  return [seconds ?? 0, increment ?? 0];
}
