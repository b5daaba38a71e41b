import { quoteName } from '../quote.ts';
import type { ForeignKey, ForeignKeyStep } from './made-constraints.ts';
import { isOwned, keyOwners } from './row-conditions.ts';
import type { RunStatement } from './run-statement.ts';
import type { Staging } from './staging.ts';

/** A foreign key to a collection, with the texts of values that its documents have and will not have any more. */
export interface VanishingReference extends ForeignKey {
  readonly values: readonly string[];
}

/**
 * Looks, before rows are changed, which values that others refer to will be gone.
 * @param mayLeave whether some documents that are there are not staged with the same key
 */
export async function findVanishing(
  run: RunStatement,
  staging: Staging,
  referring: readonly ForeignKey[],
  mayLeave: boolean,
): Promise<readonly VanishingReference[]> {
  const selects: string[] = [];
  const places = new Map<string, number>();
  for (const { step } of referring) {
    const { table: tableName, column } = step.column.references!;
    const place = placeOf(step);
    const table = staging.tables.find(({ mapping }) => mapping.name === tableName)!;
    const isRootKey =
      table === staging.tables[0] && table.mapping.key.length === 1 && table.mapping.key[0] === column;
    if (places.has(place) || (isRootKey && !mayLeave)) continue;
    places.set(place, selects.length);
    const value = `t.${quoteName(column)}`;
    selects.push(
      `(select distinct ${places.get(place)} as place, ${value}::text as value
      from ${table.table} t join ${keyOwners(staging)} o on ${isOwned(staging, table)}
      where ${value} is not null and not exists (select from ${table.staged} n where n.${quoteName(column)} = ${value}))`,
    );
  }
  if (selects.length === 0) return [];
  const { rows } = await run(selects.join(' union all '));
  return referring.flatMap((foreignKey) => {
    const place = places.get(placeOf(foreignKey.step));
    const values = rows.flatMap((row) => (row.place === place ? [String(row.value)] : []));
    return values.length === 0 ? [] : [{ ...foreignKey, values }];
  });
}

const placeOf = ({ column }: ForeignKeyStep): string =>
  `${column.references!.table}\0${column.references!.column}`;
