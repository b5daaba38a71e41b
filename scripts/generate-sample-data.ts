// Makes the sample (users, tasks, dramatiq_tasks) at any size, as a dump or straight into a server.
import { parseArgs } from 'node:util';
import { insertSample } from './sample-data/insert-sample.ts';
import { planSample } from './sample-data/sample.ts';
import { writeDump } from './sample-data/write-dump.ts';

const usage = `Usage: npx tsx scripts/generate-sample-data.ts (--out DIR | --uri URI) [options]

  --out DIR          write DIR/imagegen/*.bson with metadata, and DIR/known-rejections.json
  --uri URI          insert into a MongoDB server instead; SAMPLE_URI in the environment does the same
  --documents N      of all three collections together (default 3940)
  --database NAME    default imagegen
  --seed N           another seed, other data (default 1)
  --clean            no dirt: nothing that a migration would set aside or convert

Examples:
  npx tsx scripts/generate-sample-data.ts --out .docrow/sample --documents 1000000
  npx tsx scripts/generate-sample-data.ts --uri mongodb://127.0.0.1:27017/?directConnection=true --clean`;

function wholeNumber(text: string, flag: string, least: number): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`${flag} takes a whole number of at least ${least}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      uri: { type: 'string' },
      documents: { type: 'string', default: '3940' },
      database: { type: 'string', default: 'imagegen' },
      seed: { type: 'string', default: '1' },
      clean: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const sample = planSample({
    documents: wholeNumber(values.documents, '--documents', 3),
    seed: wholeNumber(values.seed, '--seed', 0),
    clean: values.clean,
  });
  const uri = values.uri ?? process.env['SAMPLE_URI'];
  if (values.out !== undefined) await writeDump(sample, values.out, values.database);
  else if (uri !== undefined) await insertSample(sample, uri, values.database);
  else throw new Error('Say where the sample goes: --out DIR or --uri URI');

  for (const { name, documents } of sample.collections) console.log(`${name}: ${documents} documents`);
  for (const { collection, code, path, documents } of sample.knownRejections()) {
    console.log(`to be set aside: ${documents} of ${collection}, ${code} at ${path}`);
  }
}

try {
  await main();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  process.exitCode = 2;
}
