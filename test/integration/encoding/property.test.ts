import fc from 'fast-check';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { arbitraryDocumentFor } from '../../support/bson-arbitraries.ts';
import {
  betweenCanaries,
  type ComparableRows,
  encoderOf,
  plainOutcome,
  takeBytes,
} from '../../support/fast-encoder.ts';
import { arbitraryMapping, generatedTransforms } from '../../support/mapping-arbitraries.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres-server.ts';
import { connectTo, differencesInPostgres } from '../../support/twin-tables.ts';

const mappings = 60;
const documentsPerMapping = 200;

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createDatabase(inject('postgresUri'));
  client = await connectTo(database.uri);
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

describe('what PostgreSQL stores of generated documents', () => {
  it('is the same from the encoder by COPY BINARY and from the plain conversion as text', async () => {
    let rows = 0;
    let childRows = 0;
    for (const [index, mapping] of fc.sample(arbitraryMapping(), { seed: 7, numRuns: mappings }).entries()) {
      const documents = fc.sample(arbitraryDocumentFor(mapping), {
        seed: index,
        numRuns: documentsPerMapping,
      });
      const encoder = encoderOf(mapping, generatedTransforms);
      const loaded: ComparableRows[] = [];
      for (const document of documents) {
        const plain = plainOutcome(document, mapping, generatedTransforms);
        const { input, start } = betweenCanaries(document, 0xff);
        const outcome = encoder.encode(input, start);
        expect(outcome === 'loaded' ? 'rows' : encoder.rejection?.code).toBe(
          plain.kind === 'rows' ? 'rows' : plain.code,
        );
        if (plain.kind === 'rows') loaded.push(plain);
      }
      rows += loaded.length;
      for (const [place, table] of mapping.tables.entries()) {
        const texts = loaded.flatMap(({ tables }) => tables[place]!.rows);
        if (place > 0) childRows += texts.length;
        const differences = await differencesInPostgres(client, table, takeBytes(encoder, place), texts);
        expect({ [table.name]: differences }).toEqual({ [table.name]: [] });
      }
    }
    // The cases are worth something only when many of them become rows.
    expect(rows).toBeGreaterThan((mappings * documentsPerMapping) / 5);
    expect(childRows).toBeGreaterThan(rows / 2);
  });
});
