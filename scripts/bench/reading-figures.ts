import { type Figure, judge, type Measurements, type Target } from './figure.ts';
import type { LoadSample } from './load-sample.ts';
import type { ShapeName } from './shapes.ts';
import { spread } from './statistics.ts';

/** Of `docrow inspect`. */
export const readingFigure = 15;
export const readingShapes: readonly ShapeName[] = ['nested'];

const target: Target = { kind: 'at least', value: 80_000 };

const lines: readonly { readonly what: string; readonly secondsOf: (sample: LoadSample) => number }[] = [
  { what: 'inspect of a dump, its start included', secondsOf: ({ seconds }) => seconds },
  { what: 'the same without the start', secondsOf: ({ workSeconds = Number.NaN }) => workSeconds },
  { what: 'per second of CPU time, start included', secondsOf: ({ cpuSeconds = Number.NaN }) => cpuSeconds },
];

/** Documents that docrow profiles in a second, where that was measured. */
export function computeReading(
  { shape, documents, samples }: Measurements,
  wanted: ReadonlySet<number>,
): readonly Figure[] {
  const measured = samples['docrow-inspect'];
  if (measured === undefined || !wanted.has(readingFigure)) return [];
  return lines.map(({ what, secondsOf }) => {
    const { median: result, low, high } = spread(measured.map((sample) => documents / secondsOf(sample)));
    const verdict = judge(result, target);
    return {
      ...{ figure: readingFigure, shape, what, value: result, unit: 'docs/s', reference: undefined },
      ...{ result, low, high, target, verdict },
    };
  });
}
