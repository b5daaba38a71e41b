import type { CollectionMapping } from '../../../mapping/mapping.ts';
import type { PostLoadStep } from '../../target-schema.ts';
import { isMade } from '../catalogue.ts';
import type { PostgresClient } from '../connect.ts';
import { postLoadSteps } from '../post-load-steps.ts';
import { stepStatements } from '../table-sql.ts';

export type ForeignKeyStep = PostLoadStep & { readonly kind: 'foreign-key' };

export type UniqueStep = PostLoadStep & { readonly kind: 'unique' };

/** A foreign key that is there, but for those from child tables to their parents. */
export interface ForeignKey {
  readonly collection: CollectionMapping;
  readonly step: ForeignKeyStep;
}

/** The foreign keys of collections that the target has: one that was never built asks for nothing. */
export async function madeForeignKeys(
  client: PostgresClient,
  schema: string,
  collections: readonly CollectionMapping[],
): Promise<readonly ForeignKey[]> {
  const made: ForeignKey[] = [];
  for (const collection of collections) {
    for (const step of postLoadSteps(collection)) {
      if (step.kind !== 'foreign-key') continue;
      const { makes } = stepStatements(schema, step)[0]!;
      if (makes !== undefined && (await isMade(client, makes))) made.push({ collection, step });
    }
  }
  return made;
}

/** What must be unique in the tables of a collection, but for keys. */
export async function madeUniques(
  client: PostgresClient,
  schema: string,
  collection: CollectionMapping,
): Promise<readonly UniqueStep[]> {
  const made: UniqueStep[] = [];
  for (const step of postLoadSteps(collection)) {
    if (step.kind !== 'unique') continue;
    const { makes } = stepStatements(schema, step)[0]!;
    if (makes !== undefined && (await isMade(client, makes))) made.push(step);
  }
  return made;
}
