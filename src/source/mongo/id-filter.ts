import type { Document } from 'mongodb';
import { boundValue } from './id-value.ts';

/** Where in `_id` order to read: from `lower` or after `after`, up to before `upper`. All are `{_id: value}`. */
export interface IdBounds {
  readonly lower: Uint8Array | undefined;
  readonly upper: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}

/** Servers from 5.0 on use the `_id` index for comparisons inside `$expr`. */
const wireVersionOf50 = 13;

/**
 * The part of a `find` command that bounds `_id`.
 *
 * `{_id: {$gt: k}}` would compare only with values of k's own type: after the last number the cursor would end,
 * and all strings and ObjectIds would be lost without a word. Comparisons inside `$expr` follow BSON order over all
 * types; `$literal` keeps a value that looks like an expression (`{$add: …}`, "$field") from being one. Before 5.0
 * these do not use the index, so that `min` and `max` with a hint are taken, which are bounds of the index itself.
 * There `after` is read once more, and the reader leaves it out.
 */
export function idBounds(bounds: IdBounds, wireVersion: number): Document {
  const { lower, upper, after } = bounds;
  if (wireVersion < wireVersionOf50) {
    const from = after ?? lower;
    return {
      ...(from === undefined ? {} : { min: { _id: boundValue(from) } }),
      ...(upper === undefined ? {} : { max: { _id: boundValue(upper) } }),
      ...(from === undefined && upper === undefined ? {} : { hint: { _id: 1 } }),
    };
  }
  const filter = idFilter(bounds);
  return filter === undefined ? {} : { filter };
}

/** The same as a filter, for an aggregation; undefined when there are no bounds. */
export function idFilter({ lower, upper, after }: IdBounds): Document | undefined {
  const comparisons: Document[] = [];
  if (after !== undefined) comparisons.push(compare('$gt', after));
  else if (lower !== undefined) comparisons.push(compare('$gte', lower));
  if (upper !== undefined) comparisons.push(compare('$lt', upper));
  return comparisons.length === 0 ? undefined : { $expr: { $and: comparisons } };
}

const compare = (operator: '$gt' | '$gte' | '$lt', id: Uint8Array): Document => ({
  [operator]: ['$_id', { $literal: boundValue(id) }],
});
