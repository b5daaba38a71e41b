import { type LoaderName, loaderNames } from './load-sample.ts';
import { ratioFigures } from './ratio-figures.ts';
import { readingFigure, readingShapes } from './reading-figures.ts';
import { plainShapes, type ShapeName } from './shapes.ts';
import { refreshFigure, syncFigure } from './sync/sync-figures.ts';

export const allFigures: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15];

/** Loads whose CPU time and memory are looked at. */
export const usageLoaders: readonly LoaderName[] = ['docrow-1', 'docrow-2', 'docrow-live'];

/** The loads of a shape that have to run for these figures. */
export function loadsFor(figures: ReadonlySet<number>, shape: ShapeName): readonly LoaderName[] {
  const hasUsage = (figures.has(6) || figures.has(7)) && plainShapes.includes(shape);
  const needed = new Set<LoaderName>(hasUsage ? usageLoaders : []);
  for (const { figure, loader, reference, shapes } of ratioFigures) {
    if (figures.has(figure) && shapes.includes(shape)) needed.add(loader).add(reference);
  }
  if (figures.has(readingFigure) && readingShapes.includes(shape)) needed.add('docrow-inspect');
  return loaderNames.filter((name) => needed.has(name));
}

/** Keeping tables in step is measured with documents of its own, and comes along with this shape. */
export const needsSync = (figures: ReadonlySet<number>, shapes: readonly ShapeName[]): boolean =>
  (figures.has(refreshFigure) || figures.has(syncFigure)) && shapes.includes('nested');

/** Whether psql is run in one of them. */
export const needsPsql = (loads: readonly LoaderName[]): boolean =>
  loads.some((name) => !name.startsWith('docrow'));

/** Whether a MongoDB server is read in one of them. */
export const needsServer = (loads: readonly LoaderName[]): boolean =>
  loads.includes('docrow-live') || loads.includes('find-chain');
