import { once } from 'node:events';
import fc from 'fast-check';
import { from as copyFrom } from 'pg-copy-streams';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { BucketSums } from '../../../src/digest/bucket-sums.ts';
import { digestForms } from '../../../src/digest/digest-form.ts';
import { digestColumns } from '../../../src/digest/digest-parts.ts';
import { JsonbText } from '../../../src/digest/jsonb-text.ts';
import { RowDigester } from '../../../src/digest/row-digest.ts';
import type { EncoderOptions } from '../../../src/encoding/compile-collection.ts';
import { copyOf } from '../../../src/encoding/memory.ts';
import type { CollectionMapping } from '../../../src/mapping/mapping.ts';
import { closePostgres, connectPostgres, type PostgresClient } from '../../../src/target/postgres/connect.ts';
import { selectBucketSums } from '../../../src/target/postgres/digest/select-digests.ts';
import { quoteNames, quoteTable } from '../../../src/target/postgres/quote.ts';
import { createTableSql } from '../../../src/target/postgres/table-sql.ts';
import { arbitraryDocumentFor } from '../../support/bson-arbitraries.ts';
import { betweenCanaries, encoderOf, takeBytes } from '../../support/fast-encoder.ts';
import { arbitraryMapping, generatedTransforms } from '../../support/mapping-arbitraries.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres-server.ts';

const mappings = 60;
const documentsPerMapping = 150;
const buckets = 256;
const header = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const trailer = Buffer.from([0xff, 0xff]);

let database: TestDatabase;
let client: PostgresClient;
beforeAll(async () => {
  database = await createDatabase(inject('postgresUri'));
  client = await connectPostgres(database.uri);
});
afterAll(async () => {
  await closePostgres(client);
  await database.drop();
});

/** Encodes documents, and gives the rows of each table. */
function rowsOf(
  mapping: CollectionMapping,
  seed: number,
  given: Partial<EncoderOptions> = {},
): readonly Buffer[] {
  const encoder = encoderOf(mapping, generatedTransforms, given);
  for (const document of fc.sample(arbitraryDocumentFor(mapping), { seed, numRuns: documentsPerMapping })) {
    const { input, start } = betweenCanaries(document, 0xff);
    encoder.encode(input, start);
  }
  return mapping.tables.map((_, table) => takeBytes(encoder, table));
}

/** What the digests of some rows add up to. */
function sumsOf(digester: RowDigester, rows: Buffer): BucketSums {
  const sums = new BucketSums(buckets);
  const input = copyOf(rows);
  for (let at = 0; at < rows.length; ) {
    at = digester.digest(input, at);
    sums.add(digester.document, digester.row);
  }
  return sums;
}

test('PostgreSQL and JavaScript agree on rows of every type', async () => {
  let rows = 0;
  for (const [index, mapping] of fc.sample(arbitraryMapping(), { seed: 11, numRuns: mappings }).entries()) {
    const keyLength = mapping.tables[0]!.key.length;
    const asPrinted = rowsOf(mapping, index, { normalizer: new JsonbText() });
    for (const [place, bytes] of rowsOf(mapping, index).entries()) {
      const table = mapping.tables[place]!;
      await client.query('begin');
      await client.query(createTableSql('public', { ...table, key: [] }));
      const names = digestColumns(table).map(({ name }) => name);
      const stream = client.query(
        copyFrom(
          `copy ${quoteTable('public', table.name)} (${quoteNames(names)}) from stdin with (format binary)`,
        ),
      );
      stream.end(Buffer.concat([header, bytes, trailer]));
      await once(stream, 'finish');
      for (const form of digestForms) {
        const expected = sumsOf(new RowDigester(table, keyLength, form, 'any'), bytes);
        // The same rows with jsonb as PostgreSQL prints it, which are not looked into any more.
        const direct = sumsOf(new RowDigester(table, keyLength, form, 'as-printed'), asPrinted[place]!);
        expect(direct.toBytes()).toEqual(expected.toBytes());
        const { sums } = await selectBucketSums(client, 'public', mapping, table, { form, buckets }, []);
        const types = table.columns.map(({ type }) => `${type.name}${type.array ? '[]' : ''}`).join();
        const differing = Array.from({ length: buckets }, (_, bucket) => bucket).filter(
          (bucket) => sums.sum(bucket) !== expected.sum(bucket),
        );
        expect([form, types, ...differing]).toEqual([form, types]);
        expect(sums.allRows()).toBe(expected.allRows());
        rows += expected.allRows();
      }
      await client.query('rollback');
    }
  }
  expect(rows).toBeGreaterThan(mappings * documentsPerMapping);
});
