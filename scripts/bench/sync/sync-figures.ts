import { type Figure, judge, type Target } from '../figure.ts';
import { median, pairedRatios, percentile, type Spread, spread } from '../statistics.ts';
import type {
  BacklogSamples,
  LagSample,
  RefreshSamples,
  SyncMeasurements,
  SyncSample,
} from './sync-samples.ts';

/** Looking at everything again, against the first load. */
export const refreshFigure = 10;
/** Changes that are applied, and how far behind that is. */
export const syncFigure = 12;

const refreshTarget: Target = { kind: 'at most', value: 1.4 };
const rateTarget: Target = { kind: 'at least', value: 11_000 };

/** The figures of keeping tables in step, where they were measured. */
export function computeSync(measured: SyncMeasurements | undefined): readonly Figure[] {
  if (measured === undefined) return [];
  const { backlogs, idle, lag, refresh } = measured;
  return [
    ...(refresh === undefined ? [] : refreshFigures(refresh)),
    ...backlogs.flatMap(backlogFigures),
    ...idleFigures(idle),
    ...memoryFigures(backlogs),
    ...lag.flatMap(lagFigures),
  ];
}

function refreshFigures({ load, full, forced }: RefreshSamples): readonly Figure[] {
  const figure = (what: string, seconds: readonly number[]): Figure => ({
    ...{ figure: refreshFigure, shape: 'nested', what, value: median(seconds), unit: 's' },
    reference: median(load),
    ...judged(pairedRatios(seconds, load), refreshTarget),
  });
  return [
    figure('sync --full with nothing changed ÷ first load', full),
    figure('sync of all documents, none to be written ÷ first load', forced),
  ];
}

function backlogFigures({ name, what, collection, events, samples }: BacklogSamples): readonly Figure[] {
  const isSmall = name === 'small-updates';
  const rates = (secondsOf: (sample: SyncSample) => number): Spread =>
    spread(samples.map((sample) => events / secondsOf(sample)));
  const target = isSmall ? rateTarget : undefined;
  return [
    plain(
      collection,
      what,
      'events/s',
      rates(({ reportedSeconds }) => reportedSeconds),
      target,
    ),
    plain(
      collection,
      'the same with start and end of the process',
      'events/s',
      rates(({ seconds }) => seconds),
    ),
    ...(isSmall
      ? [
          plain(
            collection,
            'the same per second of CPU time of docrow',
            'events/s',
            rates(({ cpuSeconds }) => cpuSeconds),
          ),
        ]
      : []),
  ];
}

/** What is in every line above, however little there is to be applied. */
const idleFigures = (idle: readonly SyncSample[]): readonly Figure[] =>
  idle.length === 0
    ? []
    : [
        plain('nested', 'a sync with nothing to do', 's', spread(idle.map((each) => each.reportedSeconds))),
        plain(
          'nested',
          'the same with start and end of the process',
          's',
          spread(idle.map((each) => each.seconds)),
        ),
      ];

function memoryFigures(backlogs: readonly BacklogSamples[]): readonly Figure[] {
  const [largest] = backlogs.toSorted((a, b) => b.events - a.events);
  if (largest === undefined) return [];
  const { collection, events, samples } = largest;
  const what = `peak memory of docrow: ${events.toLocaleString('en-US')} events`;
  return [plain(collection, what, 'MiB', spread(samples.map(({ peakMebibytes }) => peakMebibytes)))];
}

function lagFigures({ wanted, made, seconds }: LagSample): readonly Figure[] {
  const number = (value: number): string => Math.round(value).toLocaleString('en-US');
  // The writer is never quite as fast as it was told.
  const pace = made >= wanted * 0.97 ? '' : ` (the server took ${number(made)})`;
  const row = (what: string, value: number): Figure =>
    plain('nested', what, 's', { median: value, low: value, high: value });
  return [
    row(`--follow, ${number(wanted)} changes/s${pace}: behind by, median`, median(seconds)),
    row('the same, 95th percentile', percentile(seconds, 0.95)),
  ];
}

function plain(
  shape: Figure['shape'],
  what: string,
  unit: string,
  measured: Spread,
  target?: Target,
): Figure {
  const line = { figure: syncFigure, shape, what, value: measured.median, unit, reference: undefined };
  return { ...line, ...judged(measured, target) };
}

const judged = ({ median: result, low, high }: Spread, target: Target | undefined) => ({
  ...{ result, low, high, target },
  verdict: judge(result, target),
});
