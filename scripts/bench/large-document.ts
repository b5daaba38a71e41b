import type { Document } from 'bson';
import { Random } from '../sample-data/random.ts';
import { objectId } from './object-id.ts';
import { phrase } from './words.ts';

const firstTime = Date.UTC(2024, 0, 1);
const bodyWords = 5_000;
const parts = 120;

/** A document of about 50 KB: a long text, and an array of documents. */
export function largeDocument(seed: number, index: number): Document {
  const random = new Random(seed, 'large', index);
  const createdAt = firstTime + index * 61 + random.below(61);
  return {
    _id: objectId(createdAt, index),
    title: phrase(random, 6),
    version: 1,
    body: phrase(random, bodyWords),
    parts: Array.from({ length: parts }, (_, number) => ({
      number,
      title: phrase(random, 4),
      text: phrase(random, 16),
      weight: random.below(10_000) / 1000,
    })),
    created_at: new Date(createdAt),
  };
}
