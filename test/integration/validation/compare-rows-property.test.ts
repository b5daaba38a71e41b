import { once } from 'node:events';
import { serialize } from 'bson';
import fc from 'fast-check';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { CollectionMapping } from '../../../src/mapping/mapping.ts';
import { typeSql } from '../../../src/mapping/type-sql.ts';
import { PostgresRowComparer } from '../../../src/target/postgres/compare/postgres-row-comparer.ts';
import { rowColumns } from '../../../src/target/postgres/compare/row-columns.ts';
import { quoteName, quoteNames } from '../../../src/target/postgres/quote.ts';
import { createTableSql } from '../../../src/target/postgres/table-sql.ts';
import type { ExpectedDocument, RowFinding } from '../../../src/target/row-comparer.ts';
import { convertDocument } from '../../../src/values/convert-document.ts';
import { arbitraryDocumentFor } from '../../support/bson-arbitraries.ts';
import { encoderOf, memoryOf, takeBytes } from '../../support/fast-encoder.ts';
import { withKey, withKeys } from '../../support/keyed-mapping.ts';
import { arbitraryMapping, generatedTransforms } from '../../support/mapping-arbitraries.ts';
import { runTime } from '../../support/plain-conversion.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres-server.ts';
import { connectTo } from '../../support/twin-tables.ts';

const mappings = 30;
const documentsPerMapping = 60;
const faultsPerTable = 4;

let database: TestDatabase;
let client: Client;
let comparer: PostgresRowComparer;

beforeAll(async () => {
  database = await createDatabase(inject('postgresUri'));
  client = await connectTo(database.uri);
  comparer = new PostgresRowComparer(database.uri, 'public');
});
afterAll(async () => {
  await client.end();
  await comparer.close();
  await database.drop();
});

const header = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);

/** Loads documents by the encoder. @returns what the plain conversion makes of those that were loaded */
async function load(mapping: CollectionMapping, documents: readonly Buffer[]): Promise<ExpectedDocument[]> {
  await client.query('drop schema public cascade; create schema public');
  const encoder = encoderOf(mapping, generatedTransforms);
  const expected: ExpectedDocument[] = [];
  for (const [n, document] of documents.entries()) {
    if (encoder.encode(memoryOf(document), 0) !== 'loaded') continue;
    const outcome = convertDocument(document, mapping, { runTime, transforms: generatedTransforms });
    if (outcome.kind !== 'rows') throw new RangeError(outcome.code);
    const rows = outcome.tables.map((table) => table.rows);
    expected.push({ id: serialize({ _id: n }), idText: String(n), rows });
  }
  for (const [index, table] of mapping.tables.entries()) {
    await client.query(createTableSql('public', table));
    const columns = quoteNames(rowColumns(table).map(({ name }) => name));
    const stream = client.query(
      copyFrom(`copy ${quoteName(table.name)} (${columns}) from stdin with (format binary)`),
    );
    stream.end(Buffer.concat([header, takeBytes(encoder, index), Buffer.from([0xff, 0xff])]));
    await once(stream, 'finish');
  }
  return expected;
}

async function compare(
  mapping: CollectionMapping,
  documents: readonly ExpectedDocument[],
): Promise<readonly RowFinding[]> {
  const options = { withTexts: true, withSeen: true };
  const { findings, seen } = await comparer.compareDocuments(
    mapping,
    documents,
    options,
    new AbortController().signal,
  );
  expect(seen.map((rows) => rows.length)).toEqual(
    mapping.tables.map((_, index) => documents.reduce((sum, { rows }) => sum + rows![index]!.length, 0)),
  );
  return findings;
}

describe('random documents of random mappings', () => {
  test('are equal after the load; one changed cell is found, and nothing else', async () => {
    let rows = 0;
    let faults = 0;
    for (const [seed, generated] of fc
      .sample(arbitraryMapping(), { seed: 11, numRuns: mappings })
      .entries()) {
      const mapping = withKeys(generated);
      const documents = fc
        .sample(arbitraryDocumentFor(generated), { seed, numRuns: documentsPerMapping })
        .map(withKey);
      const expected = await load(mapping, documents);
      expect(await compare(mapping, expected)).toEqual([]);
      rows += expected.length;
      for (const [index, table] of mapping.tables.entries()) {
        const columns = rowColumns(table).filter(({ name }) => !table.key.includes(name));
        for (let fault = 0; fault < faultsPerTable; fault++) {
          const { name, type } = columns[(seed + fault) % columns.length]!;
          const column = quoteName(name);
          const relation = quoteName(table.name);
          // One row of all gets the value that another one has.
          const { rows: found } = await client.query(
            `select a.ctid::text as place, a.${column}::text as old, b.${column}::text as new
            from ${relation} a, ${relation} b where a.${column}::text is distinct from b.${column}::text
            order by ${table.key.map((one) => `a.${quoteName(one)}`).join(', ')}, b.ctid
            offset $1 limit 1`,
            [(seed * 7 + fault * 13) % 50],
          );
          if (found.length === 0) continue;
          const { place, old, new: changed } = found[0];
          await client.query('begin');
          await client.query(`update ${relation} set ${column} = $1::${typeSql(type)} where ctid = $2::tid`, [
            changed,
            place,
          ]);
          await client.query('commit');
          const findings = await compare(mapping, expected);
          expect(findings.map(({ table: one, kind, cells }) => ({ one, kind, cells }))).toEqual([
            {
              one: table.name,
              kind: 'changed-row',
              cells: [{ column: name, expected: old, actual: changed, isOrphan: false }],
            },
          ]);
          const { document } = findings[0]!;
          expect(expected[document]!.rows![index]!.length).toBeGreaterThan(0);
          faults++;
          await client.query(
            `update ${relation} set ${column} = $1::${typeSql(type)} where ${table.key
              .map((one, place) => `${quoteName(one)}::text = $${place + 2}`)
              .join(' and ')}`,
            [old, ...table.key.map((one) => findings[0]!.key[one])],
          );
        }
      }
      expect(await compare(mapping, expected)).toEqual([]);
    }
    expect(rows).toBeGreaterThan(300);
    expect(faults).toBeGreaterThan(60);
  }, 180_000);
});
