import { type Document, Double, Long } from 'bson';
import { Random } from '../sample-data/random.ts';
import { objectId } from './object-id.ts';
import { phrase } from './words.ts';

const firstTime = Date.UTC(2024, 0, 1);

/** A document of about 260 bytes: twelve plain values. */
export function flatDocument(seed: number, index: number): Document {
  const random = new Random(seed, 'flat', index);
  const createdAt = firstTime + index * 61 + random.below(61);
  return {
    _id: objectId(createdAt, index),
    uuid: random.uuid(),
    nick_name: `${phrase(random, 1)}_${random.hex(8)}`,
    email: `${random.hex(8)}@example.com`,
    level: random.below(100),
    ap: Long.fromNumber(random.below(1e11)),
    is_vip: random.chance(0.2),
    score: new Double(random.below(1e6) / 100),
    lang: random.pick(['en', 'zh', 'ja']),
    bio: random.chance(0.5) ? null : phrase(random, 6),
    created_at: new Date(createdAt),
    last_login: new Date(createdAt + random.below(1e9)),
  };
}
