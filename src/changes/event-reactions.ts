import type { ErrorCode } from '../errors/error-codes.ts';
import type { ChangeEvent } from '../source/change-feed.ts';

export type OtherEvent = Exclude<ChangeEvent, { kind: 'document' }>;

/** What an event that is not about a document leads to. */
export type Reaction =
  | { readonly kind: 'nothing' }
  /** A person is told, and everything goes on. */
  | { readonly kind: 'notice'; readonly message: string }
  /** These are followed no more. */
  | {
      readonly kind: 'stop';
      readonly collections: readonly string[];
      readonly code: ErrorCode;
      readonly reason: string;
    }
  /** The feed gives nothing more; a new one begins after this event. */
  | { readonly kind: 'reopen' };

/** What concerns how a collection is stored, or found, and no document: the `_id`s and values stay as they are. */
const harmless: Readonly<Record<string, string>> = {
  createIndexes: 'got indexes',
  dropIndexes: 'lost indexes',
  modify: 'got other options',
  shardCollection: 'was sharded',
  refineCollectionShardKey: 'got a finer shard key',
  reshardCollection: 'got another shard key',
};

/**
 * Says what to do about an event that is not about a document. Nothing is passed over unless it can change no document
 * of a collection that has a mapping.
 * @param mapped collections that have a mapping
 */
export function reactTo(event: OtherEvent, mapped: ReadonlySet<string>): Reaction {
  if (event.kind === 'database') return reactToDatabase(event.operation, mapped);
  const { operation, collection, to } = event;
  const isMapped = mapped.has(collection);
  switch (operation) {
    case 'create':
      return isMapped
        ? { kind: 'nothing' }
        : {
            kind: 'notice',
            message: `Collection ${collection} was created in the source; it has no mapping and is not followed`,
          };
    case 'drop':
      return isMapped ? gone([collection], `Collection ${collection} was dropped`) : { kind: 'nothing' };
    case 'rename': {
      const names = [collection, ...(to === undefined ? [] : [to])].filter((name) => mapped.has(name));
      if (names.length === 0) return { kind: 'nothing' };
      return gone(names, `Collection ${collection} was renamed${to === undefined ? '' : ` to ${to}`}`);
    }
  }
  if (!isMapped) return { kind: 'nothing' };
  const what = Object.hasOwn(harmless, operation) ? harmless[operation] : undefined;
  if (what !== undefined) {
    const message = `Collection ${collection} ${what} in the source (${operation}); its tables stay as they are`;
    return { kind: 'notice', message };
  }
  const reason = `Collection ${collection} met the event ${operation}, which docrow does not know`;
  return { kind: 'stop', collections: [collection], code: 'change-unknown', reason };
}

function reactToDatabase(operation: string, mapped: ReadonlySet<string>): Reaction {
  if (operation === 'invalidate') return { kind: 'reopen' };
  if (operation === 'dropDatabase') return gone([...mapped], 'The database was dropped');
  const reason = `The database met the event ${operation}, which docrow does not know`;
  return { kind: 'stop', collections: [...mapped], code: 'change-unknown', reason };
}

const gone = (collections: readonly string[], reason: string): Reaction => ({
  kind: 'stop',
  collections,
  code: 'collection-gone',
  reason,
});
