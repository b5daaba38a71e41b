import type { Document } from 'mongodb';
import type { FeedPosition } from '../change-feed.ts';
import { parseClusterTime, tickAfter } from './cluster-time.ts';
import type { DocumentPage } from './document-page.ts';
import type { MongoConnection } from './mongo-connection.ts';
import { parseResumeToken } from './resume-token.ts';

/** One answer of the server to a change stream. */
export interface ChangeReply {
  /** Events with the fields that `readChangeEvent` knows. */
  readonly page: DocumentPage;
  /** BSON document: where to go on after this answer. */
  readonly token: Uint8Array | undefined;
  /** The server closed the stream after this. */
  readonly isEnd: boolean;
}

/** A change stream that is being read. One call at a time. */
export interface ChangeCursor {
  /** Waits for events as long as it was told to; then the answer has none. */
  next(): Promise<ChangeReply>;
  /** Lets the server forget the stream. Does not fail. */
  close(): Promise<void>;
}

export interface ChangeQuery {
  /** Where the stream begins: the fields of `$changeStream` that say it. */
  readonly start: Document;
  /** The stage that chooses the events. */
  readonly match: Document;
  readonly batchSize: number;
  readonly waitMs: number;
}

const wireVersionOf60 = 17;

/** From 6.0 on a server also tells of new collections, of indexes, and of changed options. */
export const hasExpandedEvents = ({ wireVersion }: MongoConnection): boolean =>
  wireVersion >= wireVersionOf60;

/**
 * The fields of `$changeStream` for a position. `startAfter` takes every token, the one of an `invalidate` too, which
 * `resumeAfter` refuses. Without a token the stream begins at the first moment after the time, since the server
 * gives what happened at the time named as well.
 */
export const streamStart = ({ clusterTime, resumeToken }: FeedPosition): Document =>
  resumeToken === undefined
    ? { startAtOperationTime: tickAfter(parseClusterTime(clusterTime)) }
    : { startAfter: parseResumeToken(resumeToken) };

/**
 * Lets through the documents of these collections and everything that is not about a document, in whatever
 * collection, so that an event of a kind that is not known yet comes too.
 */
export const matchChanges = (collections: readonly string[]): Document => {
  const isNoDocument = { operationType: { $nin: ['insert', 'update', 'replace', 'delete'] } };
  return { $match: { $or: [isNoDocument, { 'ns.coll': { $in: collections } }] } };
};
