// The script between an export and \copy: lines of Extended JSON to lines of CSV.
// Arguments: the file to read, the file to write, columns with commas between.
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { csvLine } from './naive-csv.ts';

const [from = '', to = '', columnList = ''] = process.argv.slice(2);
const columns = columnList.split(',');

/** Takes the wrapping off the two types of relaxed Extended JSON that stand in columns. */
function unwrap(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$oid' in value) return value.$oid;
  if ('$date' in value) return value.$date;
  return value;
}

const output = createWriteStream(to);
for await (const line of createInterface({
  input: createReadStream(from),
  crlfDelay: Number.POSITIVE_INFINITY,
})) {
  const document = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const values = Object.fromEntries(columns.map((column) => [column, unwrap(document[column])]));
  if (!output.write(csvLine(values, columns))) await once(output, 'drain');
}
output.end();
await finished(output);
