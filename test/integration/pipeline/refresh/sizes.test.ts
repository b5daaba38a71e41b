import { Binary } from 'bson';
import { expect, test } from 'vitest';
import { mappingYaml } from '../../../support/bson-dump.ts';
import { order, orders } from '../../../support/orders-mapping.ts';
import { useRefresh } from '../../../support/use-refresh.ts';

const pipeline = useRefresh();
const { load, change, refresh, versions } = pipeline;

test('5,000 documents in one transaction', async () => {
  const count = 5_000;
  const numbers = Array.from({ length: count }, (_, n) => n);
  const before = numbers.map((n) => order(n, [`a${n}`, 'p', 'q'], [`b${n}`]));
  await load({ orders: orders() }, { orders: before });
  change(
    'orders',
    numbers
      .filter((n) => n % 10 !== 3)
      .map((n) => (n % 10 === 7 ? order(n, [`changed${n}`, 'p']) : before[n]!)),
  );
  const outcome = await refresh('orders', numbers);
  const changes = new Map<string, number>();
  for (const { change: what } of outcome.documents) changes.set(what, (changes.get(what) ?? 0) + 1);
  expect(Object.fromEntries(changes)).toEqual({ unchanged: 4_000, updated: 500, deleted: 500 });
  const after = await versions(['orders', 'lines', 'parts']);
  await refresh('orders', numbers, { documentsPerTransaction: 700 });
  expect(await versions(['orders', 'lines', 'parts'])).toEqual(after);
  await pipeline.expectAsFresh(['orders', 'lines', 'parts']);
});

test('documents of 16 MB, more than one transaction holds', async () => {
  const files = mappingYaml({
    collection: 'files',
    columns: ['id: { from: _id, type: integer }', 'content: { from: content, type: bytea }'],
  });
  const file = (_id: number, fill: number) => ({ _id, content: new Binary(Buffer.alloc(16_700_000, fill)) });
  await load({ files }, { files: [file(1, 1), file(2, 1), file(3, 1)] });
  change('files', [file(1, 2), file(2, 1), file(3, 3), file(4, 4)]);
  const outcome = await refresh('files', [1, 2, 3, 4, 5]);
  expect(outcome.documents.map(({ change: what }) => what).toSorted()).toEqual([
    'inserted',
    'unchanged',
    'unchanged',
    'updated',
    'updated',
  ]);
  await pipeline.expectAsFresh(['files']);
});
