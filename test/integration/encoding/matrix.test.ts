import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ColumnMapping } from '../../../src/mapping/mapping.ts';
import { bsonSamples } from '../../support/bson-samples.ts';
import {
  encodeOutcome,
  encoderOf,
  memoryOf,
  plainOutcome,
  rowOf,
  takeBytes,
} from '../../support/fast-encoder.ts';
import { columnOf, mappingOf } from '../../support/plain-conversion.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres-server.ts';
import { raw, rawDocument } from '../../support/raw-bson.ts';
import { connectTo, differencesInPostgres } from '../../support/twin-tables.ts';

const scalarTypes = [
  'smallint',
  'integer',
  'bigint',
  'numeric',
  'numeric(10,3)',
  'real',
  'double precision',
  'boolean',
  'text',
  'varchar(36)',
  'uuid',
  'bytea',
  'date',
  'time',
  'timestamp',
  'timestamptz',
];

const converts: Readonly<Record<NonNullable<ColumnMapping['convert']>, readonly string[]>> = {
  uuidv5: ['uuid', 'text', 'varchar(40)'],
  ejson: ['text', 'varchar(40)'],
  hex: ['text', 'varchar(24)'],
  text: ['text', 'varchar(20)'],
  base64: ['text', 'bytea'],
  iso: ['text', 'timestamptz', 'timestamp'],
  'epoch-ms': ['timestamptz', 'timestamp', 'bigint', 'numeric', 'double precision'],
  'epoch-s': ['timestamptz', 'timestamp', 'bigint', 'numeric(20,2)', 'numeric', 'double precision'],
};

const columns: readonly ColumnMapping[] = [
  ...scalarTypes.map((type) => columnOf(type)),
  ...scalarTypes.map((type) => columnOf(`${type}[]`)),
  ...Object.entries(converts).flatMap(([convert, types]) =>
    types.map((type) => columnOf(type, { convert: convert as NonNullable<ColumnMapping['convert']> })),
  ),
  ...(['jsonb', 'json'] as const).flatMap((type) =>
    (['natural', 'canonical'] as const).map((json) => columnOf(type, { json })),
  ),
  ...['text', 'varchar(36)', 'text[]', 'jsonb', 'json'].flatMap((type) =>
    (['strip', 'escape'] as const).map((nul) => columnOf(type, { nul })),
  ),
];

const title = ({ type, convert, json, nul }: ColumnMapping): string =>
  [
    type.name,
    type.length ?? type.precision ?? '',
    type.array ? '[]' : '',
    convert ?? '',
    json === 'natural' ? '' : json,
    nul === 'reject' ? '' : nul,
  ]
    .filter(Boolean)
    .join(' ');

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

describe('every BSON type in a column of every type', () => {
  it.each(columns.map((column) => [title(column), column] as const))('%s', async (_title, column) => {
    const mapping = mappingOf([column], { rest: { name: 'rest' } });
    const encoder = encoderOf(mapping);
    const copied: Buffer[] = [];
    const texts: (readonly (string | null)[])[] = [];
    for (const [name, value] of Object.entries(bsonSamples)) {
      const inColumn = column.type.array ? raw.array([value, raw.null(), value]) : value;
      // The same value once in the column and once in the rest column.
      const document = rawDocument([
        ['v', inColumn],
        ['w', value],
      ]);
      const plain = plainOutcome(document, mapping);
      expect({ [name]: encodeOutcome(encoder, mapping, memoryOf(document)) }).toEqual({ [name]: plain });
      if (plain.kind === 'rejected') continue;
      encoder.encode(memoryOf(document), 0);
      copied.push(takeBytes(encoder));
      texts.push(rowOf(plain));
    }
    // Null at least, and in nearly all columns more.
    expect(texts.length).toBeGreaterThan(1);
    expect(await differencesInPostgres(client, mapping.tables[0]!, Buffer.concat(copied), texts)).toEqual([]);
  });
});
