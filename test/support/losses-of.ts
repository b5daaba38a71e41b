import { LossTally } from '../../src/losses/loss-tally.ts';
import type { CollectionMapping } from '../../src/mapping/mapping.ts';
import { type RawField, rawDocument, viewOf } from './raw-bson.ts';

/** What a mapping loses of a document, each as `path kind`, sorted. */
export const lossesOf = (mapping: CollectionMapping, fields: readonly RawField[]): readonly string[] => {
  const document = rawDocument(fields);
  return new LossTally(mapping)
    .lossesOf(document, viewOf(document), 0)
    .map(({ path, kind }) => `${path} ${kind}`)
    .sort();
};
