import { Decimal128, type Document, Double } from 'bson';
import { Random } from '../sample-data/random.ts';
import { objectId } from './object-id.ts';
import { phrase } from './words.ts';

const firstTime = Date.UTC(2024, 0, 1);
const fewestLines = 3;
const mostLines = 7;

/** A document of about 1 KB: ten plain values, and an array of three to seven documents with seven plain values each. */
export function orderDocument(seed: number, index: number): Document {
  const random = new Random(seed, 'order', index);
  const placedAt = firstTime + index * 41 + random.below(41);
  const lines = fewestLines + random.below(mostLines - fewestLines + 1);
  return {
    _id: objectId(placedAt, index),
    number: index,
    customer_id: random.uuid(),
    email: `${random.hex(8)}@example.com`,
    status: random.pick(['open', 'paid', 'sent', 'returned']),
    currency: random.pick(['EUR', 'USD', 'CNY']),
    is_gift: random.chance(0.1),
    note: random.chance(0.7) ? null : phrase(random, 8),
    lines: Array.from({ length: lines }, () => line(random)),
    placed_at: new Date(placedAt),
    updated_at: new Date(placedAt + random.below(1e9)),
  };
}

/** One in the root table, and one for each element of the array. */
export const rowsOfOrder = (order: Document): number => 1 + order['lines'].length;

const line = (random: Random): Document => ({
  sku: `${random.hex(4)}-${random.hex(6)}`,
  title: phrase(random, 4),
  quantity: 1 + random.below(9),
  price: Decimal128.fromString((random.below(100_000) / 100).toFixed(2)),
  weight: new Double(random.below(10_000) / 1000),
  in_stock: random.chance(0.9),
  color: random.chance(0.3) ? null : phrase(random, 1),
});
