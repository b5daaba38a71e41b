// Keeps a copy in step with a source that is written to without rest, kills and cuts everything on the way, many times,
// and looks whether both sides are equal in the end.
import { parseArgs } from 'node:util';
import { setup as buildCommandLine } from '../test/support/global-built-cli.ts';
import { seededRandom } from '../test/support/kill-campaign.ts';
import { type Disturbance, SyncCampaign } from '../test/support/sync-campaign.ts';

const usage = `Usage: npm run soak:sync -- [options]

  --rounds N       rounds of kills, lost connections and restarts (default 20)
  --per-second N   write operations to the source (default 500)
  --machines N     documents of one collection; twice as many of another (default 300)
  --repeat N       call docrow sync --once without changes so often (default 100)
  --seed N         other operations and other moments (default 1)

Ends with 0 when both sides are equal, and nothing else was seen on the way, else with 1.`;

const failPoints = ['mid-sync', 'after-sync', 'mid-refresh'];
const disturbances: readonly Disturbance[] = [
  'cut-postgres',
  'cut-mongo',
  'restart-mongo',
  'restart-postgres',
  'others',
];

function wholeNumber(text: string, flag: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new Error(`${flag} takes a whole number of at least 1`);
}

interface Soak {
  readonly rounds: number;
  readonly perSecond: number;
  readonly machines: number;
  readonly repeat: number;
  readonly seed: number;
}

async function soak({ rounds, repeat, ...options }: Soak): Promise<readonly string[]> {
  buildCommandLine();
  const random = seededRandom(options.seed);
  const below = (count: number): number => Math.floor(random() * count);
  const startedAt = performance.now();
  const onStep = (what: string): void => {
    console.log(`${((performance.now() - startedAt) / 1000).toFixed(1)} s  ${what}`);
  };
  const campaign = await SyncCampaign.open({ ...options, onStep });
  try {
    await campaign.begin();
    for (let round = 1; round <= rounds; round++) {
      onStep(`round ${round} of ${rounds}`);
      for (const point of failPoints) await campaign.killed(`${point}:${1 + below(4)}`);
      await campaign.killed(200 + below(2_500));
      const chosen = Array.from({ length: 4 }, () => disturbances[below(disturbances.length)]!);
      await campaign.disturbed(chosen);
    }
    await campaign.finish();
    await campaign.repeat(repeat);
    await campaign.switchOver();
    return campaign.problems;
  } finally {
    await campaign.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '20' },
      'per-second': { type: 'string', default: '500' },
      machines: { type: 'string', default: '300' },
      repeat: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const problems = await soak({
    rounds: wholeNumber(values.rounds, '--rounds'),
    perSecond: wholeNumber(values['per-second'], '--per-second'),
    machines: wholeNumber(values.machines, '--machines'),
    repeat: wholeNumber(values.repeat, '--repeat'),
    seed: wholeNumber(values.seed, '--seed'),
  });
  for (const problem of problems) console.error(`✗ ${problem}`);
  if (problems.length === 0) console.log('✓ both sides are equal, and nobody saw them otherwise');
  else process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  process.exitCode = 2;
}
