import type { ColumnMapping, ConstraintNames } from './mapping.ts';
import { safeName } from './safe-name.ts';

/**
 * Names for the constraints of a table, as PostgreSQL itself would make them but for the 63-byte rule.
 * @param overrides names that the mapping gives, by column
 * @param needsParentKey true for a child table whose columns do not refer to its parent's key themselves
 */
export function nameConstraints(
  table: string,
  columns: readonly ColumnMapping[],
  overrides: ReadonlyMap<string, string>,
  needsParentKey: boolean,
): ConstraintNames {
  const namesOf = (
    wanted: (column: ColumnMapping) => boolean,
    suffix: string,
  ): Readonly<Record<string, string>> =>
    Object.fromEntries(
      columns
        .filter(wanted)
        .map(({ name }) => [name, overrides.get(name) ?? safeName(`${table}_${name}_${suffix}`)]),
    );
  return {
    primaryKey: safeName(`${table}_pkey`),
    unique: namesOf((column) => column.unique, 'key'),
    foreignKey: namesOf(isEnforcedReference, 'fkey'),
    check: namesOf((column) => column.check !== undefined, 'check'),
    parentKey: needsParentKey ? safeName(`${table}_parent_fkey`) : undefined,
  };
}

/** True for a reference that becomes a foreign key; one with `orphans: allow` is only indexed. */
function isEnforcedReference({ references }: ColumnMapping): boolean {
  return references !== undefined && references.orphans !== 'allow';
}

export function indexName(table: string, columns: readonly string[]): string {
  return safeName(`${table}_${columns.join('_')}_idx`);
}
