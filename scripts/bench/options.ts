import { parseArgs } from 'node:util';
import { allFigures } from './figure-loads.ts';
import { type ShapeName, shapeNames } from './shapes.ts';
import { mostRounds } from './sync/backlogs.ts';

export interface BenchOptions {
  readonly documents: number;
  readonly rounds: number;
  readonly shapes: readonly ShapeName[];
  readonly figures: ReadonlySet<number>;
  /** A PostgreSQL to load into; undefined starts one. */
  readonly target: string | undefined;
  /** Entry file of the docrow that is measured; undefined is the one built here. */
  readonly cli: string | undefined;
  readonly seed: number;
  readonly json: boolean;
  /** A page to write the results into. */
  readonly markdown: string | undefined;
}

export const usage = `Usage: npm run bench -- [options]

Measures docrow against psql's \\copy and against the programs that people write themselves.
Takes the docrow that was built last: npm run build.

  --documents N      of each shape (default 200000; a full run takes 1000000), but in figures 10 and 12
  --rounds N         how often everything is measured in turn (default 5; figures 10 and 12 at most ${mostRounds} times)
  --shapes LIST      ${shapeNames.join(', ')} (default all)
  --figures LIST     only these lines of the result: ${allFigures.join(',')} (default all);
                     10 and 12 have documents of their own, and come with the shape nested
  --target URI       a PostgreSQL server, in which a database is made and dropped again; its user runs checkpoint
                     (default: one that is started for the run in the temporary folder)
  --cli FILE         the entry file of another build of docrow (default dist/src/cli/main.js)
  --seed N           other documents (default 1)
  --json             print one JSON object instead of lines
  --markdown FILE    write the page with explanation, machine and results as well

Example: npm run bench -- --documents 1000000 --markdown docs/benchmarks.md`;

/**
 * @returns undefined when only the help is wanted
 * @throws Error that says what is wrong with an option
 */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      documents: { type: 'string', default: '200000' },
      rounds: { type: 'string', default: '5' },
      shapes: { type: 'string', default: shapeNames.join(',') },
      figures: { type: 'string', default: allFigures.join(',') },
      target: { type: 'string' },
      cli: { type: 'string' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      markdown: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    // A fifth of them is measured too, and has to be more than one chunk.
    documents: wholeNumber(values.documents, '--documents', 1000),
    rounds: wholeNumber(values.rounds, '--rounds', 1),
    shapes: listOf(values.shapes, '--shapes', shapeNames),
    figures: new Set(listOf(values.figures, '--figures', allFigures.map(String)).map(Number)),
    target: values.target,
    cli: values.cli,
    seed: wholeNumber(values.seed, '--seed', 0),
    json: values.json,
    markdown: values.markdown,
  };
}

function wholeNumber(text: string, flag: string, least: number): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`${flag} takes a whole number of at least ${least}`);
}

function listOf<T extends string>(text: string, flag: string, allowed: readonly T[]): readonly T[] {
  const asked = text.split(',').map((item) => item.trim());
  const unknown = asked.find((item) => !allowed.some((each) => each === item));
  if (unknown !== undefined) throw new Error(`${flag} takes ${allowed.join(', ')}, not ${unknown}`);
  return allowed.filter((each) => asked.includes(each));
}

/** The command for a page, without what holds a password or a path of this machine. */
export function describeCommand(args: readonly string[]): string {
  const hidden: Readonly<Record<string, string>> = { '--target': 'URI', '--cli': 'FILE' };
  const shown = args.map((arg, at) => {
    const [flag = '', value] = arg.split('=', 2);
    if (value !== undefined && flag in hidden) return `${flag}=${hidden[flag]}`;
    return hidden[args[at - 1] ?? ''] ?? arg;
  });
  return ['npm run bench --', ...shown].join(' ');
}
