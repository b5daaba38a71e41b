import type { AnyBulkWriteOperation, Document } from 'mongodb';
import { largeDocument } from '../large-document.ts';
import { nestedDocument } from '../nested-document.ts';
import { orderDocument } from '../order-document.ts';

/** Collections that changes are made in, with how many documents each has before the first of them. */
export const syncCollections = {
  nested: { document: nestedDocument, documents: 60_000 },
  orders: { document: orderDocument, documents: 10_000 },
  large: { document: largeDocument, documents: 1_000 },
} as const satisfies Readonly<
  Record<string, { readonly document: (seed: number, index: number) => Document; readonly documents: number }>
>;

export type SyncCollection = keyof typeof syncCollections;
export const syncCollectionNames = Object.keys(syncCollections) as readonly SyncCollection[];

/** Changes that are all made before they are applied. */
export interface Backlog {
  readonly name: BacklogName;
  readonly what: string;
  readonly collection: SyncCollection;
  /** Each is an event. */
  readonly events: number;
  /** The change with this number, in a round that numbers from 0. No two rounds are the same. */
  readonly operation: (seed: number, round: number, index: number) => AnyBulkWriteOperation<Document>;
}

export const backlogNames = [
  'small-updates',
  'hot-updates',
  'inserts',
  'deletes',
  'child-updates',
  'large-updates',
] as const;
export type BacklogName = (typeof backlogNames)[number];

/** More rounds than this would delete documents that are updated. */
export const mostRounds = 3;

const small = { collection: 'nested', events: 40_000 } as const;
const hotDocuments = 200;
const deletes = 5_000;
const inserts = 10_000;

/** Making a whole document takes longer than changing it. */
const knownIds = new Map<string, unknown>();

function idOf(collection: SyncCollection, seed: number, index: number): Document {
  const place = `${collection}:${seed}:${index}`;
  const id = knownIds.get(place) ?? syncCollections[collection].document(seed, index)['_id'];
  knownIds.set(place, id);
  return { _id: id };
}

const setting = (
  collection: SyncCollection,
  seed: number,
  index: number,
  fields: Document,
): AnyBulkWriteOperation<Document> => ({
  updateOne: { filter: idOf(collection, seed, index), update: { $set: fields } },
});

export const backlogs: readonly Backlog[] = [
  {
    ...small,
    name: 'small-updates',
    what: 'updates of one field',
    operation: (seed, round, index) => setting('nested', seed, index, { retry_count: 10 + round }),
  },
  {
    name: 'hot-updates',
    what: `updates of ${hotDocuments} documents, again and again`,
    collection: 'nested',
    events: 20_000,
    operation: (seed, round, index) =>
      setting('nested', seed, index % hotDocuments, { retry_count: 1000 * (round + 1) + index }),
  },
  {
    name: 'inserts',
    what: 'inserts',
    collection: 'nested',
    events: inserts,
    operation: (seed, round, index) => ({
      insertOne: {
        document: nestedDocument(seed, syncCollections.nested.documents + round * inserts + index),
      },
    }),
  },
  {
    name: 'deletes',
    what: 'deletes',
    collection: 'nested',
    events: deletes,
    operation: (seed, round, index) => ({
      deleteOne: { filter: idOf('nested', seed, small.events + round * deletes + index) },
    }),
  },
  {
    name: 'child-updates',
    what: 'updates of documents with a child table',
    collection: 'orders',
    events: 10_000,
    operation: (seed, round, index) => setting('orders', seed, index, { 'lines.1.quantity': 100 + round }),
  },
  {
    name: 'large-updates',
    what: 'updates of documents of 50 KB',
    collection: 'large',
    events: 1_000,
    operation: (seed, round, index) => setting('large', seed, index, { version: 2 + round }),
  },
];
