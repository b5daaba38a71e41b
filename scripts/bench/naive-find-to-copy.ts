// What one writes first: find, an object per document, a line of CSV per object, COPY.
// Usage: SOURCE and TARGET in the environment; arguments: database, collection, columns with commas between.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MongoClient } from 'mongodb';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { csvLine } from './naive-csv.ts';

const [database = '', collection = '', columnList = ''] = process.argv.slice(2);
const columns = columnList.split(',');
const mongo = new MongoClient(process.env['SOURCE'] ?? '');
const postgres = new pg.Client({ connectionString: process.env['TARGET'] });
await postgres.connect();

async function* lines(): AsyncGenerator<string> {
  const documents = mongo.db(database).collection(collection).find();
  for await (const document of documents) yield csvLine(document, columns);
}

await pipeline(
  Readable.from(lines()),
  postgres.query(copyFrom(`copy public.${collection} from stdin with (format csv)`)),
);
await postgres.end();
await mongo.close();
