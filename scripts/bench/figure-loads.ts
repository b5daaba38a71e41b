import { type LoaderName, loaderNames } from './load-sample.ts';
import { ratioFigures } from './ratio-figures.ts';

export const allFigures: readonly number[] = [1, 2, 3, 4, 6, 7, 8, 9, 13];

const usageLoaders: readonly LoaderName[] = ['docrow-1', 'docrow-2', 'docrow-live'];

/** The loads that have to run for these figures. */
export function loadsFor(figures: ReadonlySet<number>): readonly LoaderName[] {
  const needed = new Set<LoaderName>(figures.has(6) || figures.has(7) ? usageLoaders : []);
  for (const { figure, loader, reference } of ratioFigures) {
    if (figures.has(figure)) needed.add(loader).add(reference);
  }
  return loaderNames.filter((name) => needed.has(name));
}

/** Whether psql is run in one of them. */
export const needsPsql = (loads: readonly LoaderName[]): boolean =>
  loads.some((name) => !name.startsWith('docrow'));

/** Whether a MongoDB server is read in one of them. */
export const needsServer = (loads: readonly LoaderName[]): boolean =>
  loads.includes('docrow-live') || loads.includes('find-chain');
