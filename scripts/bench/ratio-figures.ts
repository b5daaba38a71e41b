import { type Figure, judge, type Measurements, type Target } from './figure.ts';
import type { LoaderName, LoadSample } from './load-sample.ts';
import { plainShapes, type ShapeName } from './shapes.ts';
import { median, pairedRatios } from './statistics.ts';

interface RatioFigure {
  readonly figure: number;
  /** The shapes that it is measured with. */
  readonly shapes: readonly ShapeName[];
  readonly what: string;
  readonly loader: LoaderName;
  readonly reference: LoaderName;
  /** Documents or rows per second of the loader ÷ the reference's; `time` is its seconds ÷ the reference's. */
  readonly ratio: 'documents' | 'rows' | 'time';
  /** The seconds that are compared. */
  readonly secondsOf: (sample: LoadSample) => number;
  readonly target: (shape: ShapeName) => Target | undefined;
}

const whole = (sample: LoadSample): number => sample.seconds;
const inside = (sample: LoadSample): number => sample.workSeconds ?? sample.seconds;
const withoutWait = (sample: LoadSample): number => sample.seconds - (sample.firstBatchSeconds ?? 0);
const withoutExport = (sample: LoadSample): number => sample.seconds - (sample.exportSeconds ?? 0);

const atLeast = (value: number): Target => ({ kind: 'at least', value });
const units = { documents: 'docs/s', rows: 'rows/s', time: 's' } as const;
const noTarget = (): undefined => undefined;

export const ratioFigures: readonly RatioFigure[] = [
  {
    figure: 1,
    shapes: ['nested'],
    what: 'dump, 1 worker ÷ psql \\copy of binary (B1)',
    loader: 'docrow-1',
    reference: 'B1',
    ratio: 'documents',
    secondsOf: whole,
    target: () => atLeast(0.97),
  },
  {
    figure: 2,
    shapes: plainShapes,
    what: 'dump, 1 worker ÷ psql \\copy of text (T1)',
    loader: 'docrow-1',
    reference: 'T1',
    ratio: 'documents',
    secondsOf: whole,
    target: (shape) => atLeast(shape === 'nested' ? 1.25 : 1.9),
  },
  {
    figure: 3,
    shapes: ['flat'],
    what: 'dump, 1 worker ÷ B1',
    loader: 'docrow-1',
    reference: 'B1',
    ratio: 'documents',
    secondsOf: whole,
    target: () => atLeast(0.95),
  },
  {
    figure: 4,
    shapes: plainShapes,
    what: 'dump, 2 workers ÷ two psql \\copy at once (B2)',
    loader: 'docrow-2',
    reference: 'B2',
    ratio: 'documents',
    secondsOf: whole,
    target: (shape) => (shape === 'nested' ? atLeast(0.87) : undefined),
  },
  {
    figure: 5,
    shapes: ['transformed'],
    what: 'dump, 1 worker, 4 of 17 columns computed ÷ B1',
    loader: 'docrow-1',
    reference: 'B1',
    ratio: 'documents',
    secondsOf: whole,
    target: () => atLeast(0.95),
  },
  {
    figure: 8,
    shapes: plainShapes,
    what: 'dump, 1 worker ÷ export, script, \\copy',
    loader: 'docrow-1',
    reference: 'export-chain',
    ratio: 'documents',
    secondsOf: whole,
    target: () => atLeast(7),
  },
  {
    figure: 8,
    shapes: plainShapes,
    what: 'the same without the export',
    loader: 'docrow-1',
    reference: 'export-chain',
    ratio: 'documents',
    secondsOf: withoutExport,
    target: noTarget,
  },
  {
    figure: 8,
    shapes: plainShapes,
    what: 'live, 1 worker ÷ find, CSV, COPY in one program',
    loader: 'docrow-live',
    reference: 'find-chain',
    ratio: 'documents',
    secondsOf: whole,
    target: noTarget,
  },
  {
    figure: 9,
    shapes: plainShapes,
    what: 'time with checkpoints ÷ plain COPY (B1)',
    loader: 'docrow-1',
    reference: 'B1',
    ratio: 'time',
    secondsOf: inside,
    target: () => ({ kind: 'at most', value: 1.1 }),
  },
  {
    figure: 13,
    shapes: plainShapes,
    what: 'live, 1 worker, after the first batch ÷ T1',
    loader: 'docrow-live',
    reference: 'T1',
    ratio: 'documents',
    secondsOf: withoutWait,
    target: () => atLeast(0.85),
  },
  {
    figure: 13,
    shapes: plainShapes,
    what: 'the same with the wait for the first batch',
    loader: 'docrow-live',
    reference: 'T1',
    ratio: 'documents',
    secondsOf: whole,
    target: noTarget,
  },
  {
    figure: 14,
    shapes: ['orders'],
    what: 'dump, 1 worker, into two tables ÷ B1',
    loader: 'docrow-1',
    reference: 'B1',
    ratio: 'rows',
    secondsOf: whole,
    target: () => atLeast(0.85),
  },
];

/** The figures that compare two loads and whose loads were measured. */
export function computeRatios(measured: Measurements, wanted: ReadonlySet<number>): readonly Figure[] {
  return ratioFigures
    .filter(({ figure, shapes }) => wanted.has(figure) && shapes.includes(measured.shape))
    .flatMap((definition) => {
      const mine = measured.samples[definition.loader]?.map(definition.secondsOf);
      const theirs = measured.samples[definition.reference]?.map(definition.secondsOf);
      if (mine === undefined || theirs === undefined) return [];
      const { ratio } = definition;
      const isRate = ratio !== 'time';
      const { median: result, low, high } = isRate ? pairedRatios(theirs, mine) : pairedRatios(mine, theirs);
      const target = definition.target(measured.shape);
      const shown = (seconds: number): number => (isRate ? measured[ratio] / seconds : seconds);
      return [
        {
          figure: definition.figure,
          shape: measured.shape,
          what: definition.what,
          value: shown(median(mine)),
          unit: units[ratio],
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
