import type { RowCounts } from '../../checkpoint/checkpoint-store.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import { toDocrowError } from '../../errors/to-docrow-error.ts';
import type { RowPage, TargetTable } from '../row-target.ts';
import type { PostgresClient } from './connect.ts';
import { CopyRows } from './copy-rows.ts';

/**
 * Writes rows of several tables, or none of them, inside of a transaction that goes on either way.
 * @param statements the COPY statement of each table
 * @param pages rows of each table
 * @returns rows that PostgreSQL took, per table; or what it has against them
 */
export async function tryRows(
  client: PostgresClient,
  statements: readonly string[],
  pages: readonly (readonly RowPage[])[],
): Promise<readonly number[] | DocrowError> {
  try {
    await client.query('savepoint rows');
    const rows = pages.map(() => 0);
    for (const [table, tablePages] of pages.entries()) {
      if (tablePages.length === 0) continue;
      const copy = new CopyRows(client, statements[table]!);
      for (const page of tablePages) await copy.write(page);
      rows[table] = await copy.finish();
    }
    await client.query('release savepoint rows');
    return rows;
  } catch (error) {
    const problem = toDocrowError(error);
    if (problem.policy.reaction !== 'reject-document') throw problem;
    // Rolling back keeps the savepoint: without its release they would nest, one in the other.
    await client.query('rollback to savepoint rows');
    await client.query('release savepoint rows');
    return problem;
  }
}

/** Rows of the mapping's tables, by table; those without any are left out. */
export function mappedRows(tables: readonly TargetTable[], rows: readonly number[]): RowCounts {
  const counts = tables.map(
    ({ name, place }, index) => [name, place === 'mapped' ? rows[index]! : 0] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** Ends a chunk's transaction. @throws DocrowError `row-refused`, `commit-outcome-unknown` */
export async function commitChunk(client: PostgresClient): Promise<void> {
  try {
    await client.query('commit');
  } catch (error) {
    const problem = toDocrowError(error);
    if (problem.code !== 'target-unreachable') throw problem;
    const message = 'The connection was lost while a chunk was committed';
    throw new DocrowError('commit-outcome-unknown', message, {}, error);
  }
}
