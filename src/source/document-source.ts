/**
 * The contract of everything that documents can be read from: a live server, a dump, an export.
 *
 * What a caller may rely on:
 * - The documents of one range come in a fixed order: `_id` order from a server, stored order from a file.
 *   Reading the same range again gives the same order, so a position says exactly which documents are done.
 * - A position is opaque outside the source that made it. It is what a checkpoint stores.
 * - Bytes of a batch are not changed until the batch is released; a caller that never releases it may keep them.
 * - The outer frame of each document was checked (length within bounds, final zero byte), its inside was not.
 * - A damaged file gives every whole document before the damage, then throws `source-corrupt` with the byte
 *   offset and the document number.
 * - A read that is stopped by its signal throws `interrupted`; it never ends as if the range were at its end.
 */

import type { ChangeFeed, FeedOptions, FeedPosition } from './change-feed.ts';

/** A run of whole documents in one buffer. */
export interface DocumentBatch {
  readonly bytes: Buffer;
  /** A view over the same memory as `bytes`, with the same offsets. */
  readonly view: DataView;
  /** Offset of each document in `bytes`. */
  readonly starts: Int32Array;
  /** Documents in this batch: the first `count` entries of `starts` are valid. */
  readonly count: number;
  /** The position after document `index` of this batch: reading on from there gives the next document. */
  positionAfter(index: number): Uint8Array;
  /** Lets the source use the memory again. To be called once, or never, when the batch is no longer looked at. */
  release(): void;
}

/** The `release` of batches whose memory is left to the garbage collector. */
export const releaseNothing = (): void => undefined;

/**
 * A unit of parallelism: half-open, `lower ≤ document < upper`, in the source's own terms.
 * Both bounds are opaque; absent means from the very first or to the very last document.
 */
export interface SourceRange {
  readonly lower: Uint8Array | undefined;
  readonly upper: Uint8Array | undefined;
}

export interface SourceCollection {
  readonly name: string;
  readonly kind: 'collection' | 'view' | 'timeseries' | 'capped' | 'system';
  /** Best guess without reading; undefined where the source cannot say. */
  readonly estimatedDocuments: number | undefined;
  readonly estimatedBytes: number | undefined;
}

/** What kind of value an index orders or holds under a path: 1, -1, `text`, `2dsphere`, `2d`, `hashed`, … */
export type IndexKeyKind = 1 | -1 | string;

export interface SourceIndex {
  readonly name: string;
  /** Dotted paths as MongoDB has them (`a.b`, `$**`), in the order of the index. */
  readonly keys: readonly { readonly path: string; readonly kind: IndexKeyKind }[];
  readonly isUnique: boolean;
  readonly isSparse: boolean;
  /** `partialFilterExpression` as canonical Extended JSON text. */
  readonly partialFilter: string | undefined;
  readonly expireAfterSeconds: number | undefined;
  /** Locale of a collation other than the simple one. */
  readonly collation: string | undefined;
}

/** What the source knows about a collection besides its documents; empty where it knows nothing, as an export. */
export interface CollectionDescription {
  readonly indexes: readonly SourceIndex[];
  /** Locale of the collection's default collation when it is not the simple one. */
  readonly collation: string | undefined;
  /** Canonical Extended JSON text of the validator. */
  readonly validator: string | undefined;
  /** Name of the collection that a view reads. */
  readonly viewOn: string | undefined;
  /** Name of the time field of a time-series collection. */
  readonly timeField: string | undefined;
}

/** Names the data and not the way to it: a re-run with another path or host must give the same identity. */
export interface SourceIdentity {
  readonly kind: 'mongo' | 'dump' | 'export';
  readonly database: string;
  /** Replica set id, or sizes and hashes of files. Compared as text. */
  readonly fingerprint: string;
}

/** Whether both are one source, so that what was read of the one goes on with the other. */
export const isSameSource = (a: SourceIdentity, b: SourceIdentity): boolean =>
  a.kind === b.kind && a.database === b.database && a.fingerprint === b.fingerprint;

/** Where change events have to start so that none is lost between the load and the changes. */
export type ChangePosition =
  | { readonly kind: 'position'; readonly clusterTime: string; readonly resumeToken: string | undefined }
  | { readonly kind: 'none'; readonly reason: string };

/** How far back changes can be found. */
export type ChangeWindow =
  | { readonly kind: 'window'; readonly oldest: Date; readonly newest: Date }
  | {
      readonly kind: 'none';
      readonly reason: string;
      /** The role that would let it be read. */
      readonly role: string | undefined;
    };

export interface ReadOptions {
  /** Read on after this position of the same range. */
  readonly after?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Which documents are read, with nothing but their `_id` and one field. */
export interface FieldQuery {
  /** Keys of the field, the outermost first; undefined for the `_id` alone. */
  readonly path: readonly string[] | undefined;
  /**
   * BSON document `{_id: value}`, the value of a kind that `orderedKind` knows. Documents whose field is of that kind and
   * lower may be left out; those come whose field is another kind, missing, or in an array.
   */
  readonly since?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DocumentSource {
  /** What a person has to be told before the run, such as a part that is not migrated. Whole sentences. */
  notices(): readonly string[];

  identity(): Promise<SourceIdentity>;
  listCollections(): Promise<readonly SourceCollection[]>;
  /** Indexes and options of one collection. */
  describeCollection(collection: string): Promise<CollectionDescription>;

  /** To be called, and its answer stored, before the first read. */
  changePosition(): Promise<ChangePosition>;
  /** Only where there is a history at all: files have none. */
  changeWindow?(): Promise<ChangeWindow>;
  /** Only where changes can be followed at all. @throws DocrowError as `ChangeFeed.next` does */
  openChanges?(from: FeedPosition, options: FeedOptions): Promise<ChangeFeed>;
  /** The time of the source now, as `seconds:increment`: whatever was durable before the call is not later. */
  currentTime?(): Promise<string>;
  /** Reads that begin from now on see at least what was there at this cluster time. */
  readAtLeast?(clusterTime: string): void;

  /** Cuts a collection into about `wanted` ranges that together hold every document exactly once. */
  planRanges(collection: string, wanted: number): Promise<readonly SourceRange[]>;

  /** Reads a range in order, in batches of about 1 MB, the next one in flight while this one is used. */
  readRange(collection: string, range: SourceRange, options?: ReadOptions): AsyncIterable<DocumentBatch>;

  /**
   * Reads single documents by their `_id`, in any order, leaving out those that are not there.
   * @param ids BSON documents with the one field `_id`
   */
  readByIds(collection: string, ids: readonly Uint8Array[]): AsyncIterable<DocumentBatch>;
  /** The same with the `_id` alone; only where less is read by it. */
  readIds?(collection: string, ids: readonly Uint8Array[]): AsyncIterable<DocumentBatch>;
  /** Reads one field, in any order; a document may come twice. Only where less is read by it than by `readRange`. */
  readFields?(collection: string, query: FieldQuery): AsyncIterable<DocumentBatch>;

  /** Counts by reading as little as possible, but exactly. */
  countDocuments(collection: string, range: SourceRange): Promise<number>;

  /** A position or bound in words, for status and messages. */
  describePosition(position: Uint8Array): string;

  close(): Promise<void>;
}

/** What a worker thread needs to open the same source again. Structured-cloneable; may hold a password. */
export type SourceAddress =
  | {
      readonly kind: 'mongo';
      readonly uri: string;
      /** Undefined until the source was opened once: `identity()` then names the only database there is. */
      readonly database: string | undefined;
      /** Reads are at or after this cluster time (from `changePosition`), as `seconds:increment`. */
      readonly afterClusterTime?: string | undefined;
    }
  | { readonly kind: 'dump' | 'export'; readonly path: string; readonly database: string | undefined };
