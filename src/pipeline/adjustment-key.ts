import type { Adjustment } from '../encoding/adjustment-log.ts';
import type { AdjustmentGroup } from '../report/migration-report.ts';

const kinds: Readonly<Record<AdjustmentGroup['kind'], true>> = {
  'mismatch-null': true,
  'mismatch-rest': true,
  'orphan-null': true,
  'nul-stripped': true,
  'nul-escaped': true,
  'nul-rest': true,
  'unmapped-rest': true,
};
const columnKindPath = new RegExp(`^(.*?):(${Object.keys(kinds).join('|')})(?::(.*))?$`, 's');

/** The key under which the state tables count an adjustment: `table.column:kind`, and the path where there is one. */
export const adjustmentKey = ({ table, column, kind, path }: Adjustment): string =>
  path === undefined ? `${table}.${column}:${kind}` : `${table}.${column}:${kind}:${path}`;

/**
 * Takes a key apart.
 * @param tables of the collection, since a name may have dots in it
 */
export function parseAdjustmentKey(key: string, tables: readonly string[]): Adjustment {
  const fitting = tables.filter((name) => key.startsWith(`${name}.`));
  const table = fitting.toSorted((a, b) => b.length - a.length)[0] ?? key.slice(0, key.indexOf('.'));
  const [, column = '', kind, path] = columnKindPath.exec(key.slice(table.length + 1)) ?? [];
  const adjustment = { table, column, kind: kind as AdjustmentGroup['kind'] };
  return path === undefined ? adjustment : { ...adjustment, path };
}
