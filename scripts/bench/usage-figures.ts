import { type Figure, judge, type Measurements, type Target } from './figure.ts';
import type { LoaderName, LoadSample } from './load-sample.ts';
import { median, spread } from './statistics.ts';

const bytesPerGigabyte = 1e9;

const atMost = (value: number): Target => ({ kind: 'at most', value });

/** Loads whose CPU time and memory are looked at; targets are for nested documents where they depend on the size. */
const usageLoads = [
  { loader: 'docrow-1', what: 'dump, 1 worker', cpu: atMost(2.2), memory: atMost(110) },
  { loader: 'docrow-2', what: 'dump, 2 workers', cpu: atMost(2.2), memory: atMost(140) },
  { loader: 'docrow-live', what: 'live, 1 worker', cpu: atMost(5), memory: atMost(170) },
] as const satisfies readonly {
  readonly loader: LoaderName;
  readonly what: string;
  readonly cpu: Target;
  readonly memory: Target;
}[];

/** Memory that may come and go with the number of documents, in MiB. */
const growth = atMost(5);

/** CPU time and memory of docrow's process, where its loads were measured. */
export function computeUsage(measured: Measurements, wanted: ReadonlySet<number>): readonly Figure[] {
  return usageLoads.flatMap(({ loader, what, cpu, memory }) => {
    const samples = measured.samples[loader];
    if (samples === undefined) return [];
    const small = measured.small?.samples[loader];
    const figures: Figure[] = [];
    if (wanted.has(6)) {
      const gigabytes = measured.bytes / bytesPerGigabyte;
      const numbers = samples.map((sample) => cpuOf(sample) / gigabytes);
      const target = measured.shape === 'nested' ? cpu : undefined;
      figures.push(plain(6, measured, `CPU time of docrow per GB: ${what}`, 's/GB', numbers, target));
      if (small !== undefined) {
        const more = gigabytes - measured.small!.bytes / bytesPerGigabyte;
        const perGigabyte = (median(samples.map(cpuOf)) - median(small.map(cpuOf))) / more;
        figures.push(
          plain(6, measured, 'of it for each further GB, without the start', 's/GB', [perGigabyte]),
        );
      }
    }
    if (wanted.has(7)) {
      const peaks = samples.map(peakOf);
      figures.push(plain(7, measured, `peak memory of docrow: ${what}`, 'MiB', peaks, memory));
      if (small !== undefined) {
        const difference = median(peaks) - median(small.map(peakOf));
        figures.push(
          plain(7, measured, 'more than with a fifth of the documents', 'MiB', [difference], growth),
        );
      }
    }
    return figures;
  });
}

const cpuOf = (sample: LoadSample): number => sample.cpuSeconds ?? Number.NaN;
const peakOf = (sample: LoadSample): number => sample.peakMebibytes ?? Number.NaN;

function plain(
  figure: number,
  { shape }: Measurements,
  what: string,
  unit: string,
  numbers: readonly number[],
  target?: Target,
): Figure {
  const { median: result, low, high } = spread(numbers);
  const verdict = judge(result, target);
  return {
    figure,
    shape,
    what,
    value: result,
    unit,
    reference: undefined,
    result,
    low,
    high,
    target,
    verdict,
  };
}
