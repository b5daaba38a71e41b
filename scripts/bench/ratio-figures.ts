import { type Figure, judge, type Measurements, type Target } from './figure.ts';
import type { LoaderName, LoadSample } from './load-sample.ts';
import type { ShapeName } from './shapes.ts';
import { median, pairedRatios } from './statistics.ts';

interface RatioFigure {
  readonly figure: number;
  readonly what: string;
  readonly loader: LoaderName;
  readonly reference: LoaderName;
  /** `rate` is documents per second of the loader ÷ the reference's; `time` its seconds ÷ the reference's. */
  readonly ratio: 'rate' | 'time';
  /** The seconds that are compared. */
  readonly secondsOf: (sample: LoadSample) => number;
  readonly target: (shape: ShapeName) => Target | undefined;
}

const whole = (sample: LoadSample): number => sample.seconds;
const inside = (sample: LoadSample): number => sample.workSeconds ?? sample.seconds;
const withoutWait = (sample: LoadSample): number => sample.seconds - (sample.firstBatchSeconds ?? 0);
const withoutExport = (sample: LoadSample): number => sample.seconds - (sample.exportSeconds ?? 0);

const atLeast = (value: number): Target => ({ kind: 'at least', value });
const noTarget = (): undefined => undefined;

export const ratioFigures: readonly RatioFigure[] = [
  {
    figure: 1,
    what: 'dump, 1 worker ÷ psql \\copy of binary (B1)',
    loader: 'docrow-1',
    reference: 'B1',
    ratio: 'rate',
    secondsOf: whole,
    target: (shape) => (shape === 'nested' ? atLeast(0.97) : undefined),
  },
  {
    figure: 2,
    what: 'dump, 1 worker ÷ psql \\copy of text (T1)',
    loader: 'docrow-1',
    reference: 'T1',
    ratio: 'rate',
    secondsOf: whole,
    target: (shape) => atLeast(shape === 'nested' ? 1.25 : 1.9),
  },
  {
    figure: 3,
    what: 'dump, 1 worker ÷ B1',
    loader: 'docrow-1',
    reference: 'B1',
    ratio: 'rate',
    secondsOf: whole,
    target: (shape) => (shape === 'flat' ? atLeast(0.95) : undefined),
  },
  {
    figure: 4,
    what: 'dump, 2 workers ÷ two psql \\copy at once (B2)',
    loader: 'docrow-2',
    reference: 'B2',
    ratio: 'rate',
    secondsOf: whole,
    target: (shape) => (shape === 'nested' ? atLeast(0.87) : undefined),
  },
  {
    figure: 8,
    what: 'dump, 1 worker ÷ export, script, \\copy',
    loader: 'docrow-1',
    reference: 'export-chain',
    ratio: 'rate',
    secondsOf: whole,
    target: () => atLeast(7),
  },
  {
    figure: 8,
    what: 'the same without the export',
    loader: 'docrow-1',
    reference: 'export-chain',
    ratio: 'rate',
    secondsOf: withoutExport,
    target: noTarget,
  },
  {
    figure: 8,
    what: 'live, 1 worker ÷ find, CSV, COPY in one program',
    loader: 'docrow-live',
    reference: 'find-chain',
    ratio: 'rate',
    secondsOf: whole,
    target: noTarget,
  },
  {
    figure: 9,
    what: 'time with checkpoints ÷ plain COPY (B1)',
    loader: 'docrow-1',
    reference: 'B1',
    ratio: 'time',
    secondsOf: inside,
    target: () => ({ kind: 'at most', value: 1.1 }),
  },
  {
    figure: 13,
    what: 'live, 1 worker, after the first batch ÷ T1',
    loader: 'docrow-live',
    reference: 'T1',
    ratio: 'rate',
    secondsOf: withoutWait,
    target: () => atLeast(0.85),
  },
  {
    figure: 13,
    what: 'the same with the wait for the first batch',
    loader: 'docrow-live',
    reference: 'T1',
    ratio: 'rate',
    secondsOf: whole,
    target: noTarget,
  },
];

/** The figures that compare two loads and whose loads were measured. Figure 1 is of nested documents and 3 of flat ones. */
export function computeRatios(measured: Measurements, wanted: ReadonlySet<number>): readonly Figure[] {
  const other = measured.shape === 'nested' ? 3 : 1;
  return ratioFigures
    .filter(({ figure }) => wanted.has(figure) && figure !== other)
    .flatMap((definition) => {
      const mine = measured.samples[definition.loader]?.map(definition.secondsOf);
      const theirs = measured.samples[definition.reference]?.map(definition.secondsOf);
      if (mine === undefined || theirs === undefined) return [];
      const isRate = definition.ratio === 'rate';
      const { median: result, low, high } = isRate ? pairedRatios(theirs, mine) : pairedRatios(mine, theirs);
      const target = definition.target(measured.shape);
      const shown = (seconds: number): number => (isRate ? measured.documents / seconds : seconds);
      return [
        {
          figure: definition.figure,
          shape: measured.shape,
          what: definition.what,
          value: shown(median(mine)),
          unit: isRate ? 'docs/s' : 's',
          reference: shown(median(theirs)),
          result,
          low,
          high,
          target,
          verdict: judge(result, target),
        },
      ];
    });
}
