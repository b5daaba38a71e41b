import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { RefreshProblem } from '../../target/refresh-target.ts';
import { columnPath, sharedPath } from '../column-path.ts';
import type { Problem } from './refresh-parts.ts';

/** Says why the rows of a document cannot be in the tables, in the words of the load. */
export function describeProblem(
  mapping: CollectionMapping,
  problem: RefreshProblem,
  isSetAside: boolean,
): Problem {
  const { table } = problem;
  if (problem.kind === 'duplicate') {
    const path = sharedPath(mapping, table, problem.columns);
    const columns = problem.columns.join(', ');
    const reason = problem.isOwn
      ? `Two rows of table ${table.name} from the one document have the same ${columns}`
      : `Another row of table ${table.name} has the same ${columns}`;
    return { code: 'duplicate-value', path, reason };
  }
  const path = columnPath(mapping, table, problem.column.name);
  return missingReference(problem.column.references!.table, path, isSetAside);
}

/** @param isSetAside whether the document that is referred to was set aside, or is not there at all */
export const missingReference = (table: string, path: string, isSetAside: boolean): Problem =>
  isSetAside
    ? {
        code: 'reference-set-aside',
        path,
        reason: `The document of ${table} that it refers to was set aside`,
      }
    : { code: 'reference-missing', path, reason: `There is no document of ${table} that it refers to` };
