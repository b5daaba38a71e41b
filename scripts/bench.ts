// Measures docrow against psql's \copy and against hand-written programs. docs/benchmarks.md explains what and how.
import { writeFileSync } from 'node:fs';
import { describeCommand, parseOptions, usage } from './bench/options.ts';
import { renderLines } from './bench/render-lines.ts';
import { renderPage } from './bench/render-page.ts';
import { runBench } from './bench/run-bench.ts';

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const options = parseOptions(args);
  if (options === undefined) {
    console.log(usage);
    return;
  }
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => stop.abort(new Error(`Stopped by ${name}`)));
  }
  const onNote = (text: string): void => console.error(text);
  const results = await runBench(options, describeCommand(args), stop.signal, onNote).catch((error) => {
    throw stop.signal.aborted ? stop.signal.reason : error;
  });
  if (options.markdown !== undefined) writeFileSync(options.markdown, renderPage(results));
  console.log(options.json ? JSON.stringify(results, undefined, 2) : renderLines(results));
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
