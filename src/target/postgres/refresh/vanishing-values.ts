import type { PostgresClient } from '../connect.ts';
import { quoteName } from '../quote.ts';
import type { ForeignKey } from './foreign-keys.ts';
import { isOwned, keyOwners } from './row-conditions.ts';
import type { Staging } from './staging.ts';

/** A foreign key to a collection, with the texts of values that its documents have and will not have any more. */
export interface VanishingReference extends ForeignKey {
  readonly values: readonly string[];
}

/** Looks, before rows are changed, which values that others refer to will be gone. */
export async function findVanishing(
  client: PostgresClient,
  staging: Staging,
  referring: readonly ForeignKey[],
): Promise<readonly VanishingReference[]> {
  const found = new Map<string, readonly string[]>();
  const vanishing: VanishingReference[] = [];
  for (const foreignKey of referring) {
    const { table: tableName, column } = foreignKey.step.column.references!;
    const each = staging.tables.find(({ mapping }) => mapping.name === tableName)!;
    const place = `${tableName}\0${column}`;
    let values = found.get(place);
    if (values === undefined) {
      const value = `t.${quoteName(column)}`;
      const { rows } = await client.query(
        `select distinct ${value}::text as value
        from ${each.table} t join ${keyOwners(staging)} o on ${isOwned(staging, each)}
        where ${value} is not null and not exists (select from ${each.staged} n where n.${quoteName(column)} = ${value})`,
      );
      values = rows.map((row) => String(row.value));
      found.set(place, values);
    }
    if (values.length > 0) vanishing.push({ ...foreignKey, values });
  }
  return vanishing;
}
