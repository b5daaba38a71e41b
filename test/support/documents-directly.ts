import { PostgresCheckpointStore } from '../../src/checkpoint/postgres/postgres-checkpoint-store.ts';
import { PostgresDigestStore } from '../../src/checkpoint/postgres/postgres-digest-store.ts';
import { openProject } from '../../src/resources/open-project.ts';
import { openSource } from '../../src/source/open-source.ts';
import { parseSourceAddress } from '../../src/source/parse-source-address.ts';
import { closePostgres, connectPostgres } from '../../src/target/postgres/connect.ts';
import { PostgresRowTexts } from '../../src/target/postgres/texts/postgres-row-texts.ts';
import { compareDocuments, type DocumentsOutcome } from '../../src/validation/documents/compare-documents.ts';
import type { DocumentsParts } from '../../src/validation/documents/documents-parts.ts';
import type { DigestTarget } from './digests-directly.ts';

/** What a use case of validation gets for a collection that was migrated. */
export async function withParts<T>(
  { source: from, target, dir }: DigestTarget,
  work: (parts: DocumentsParts, mapping: Parameters<typeof compareDocuments>[1][]) => Promise<T>,
): Promise<T> {
  const client = await connectPostgres(target);
  const query = async (sql: string, parameters: readonly unknown[] = []) =>
    (await client.query(sql, [...parameters])).rows;
  const project = await openProject({ dir, schema: 'public', only: undefined });
  const source = await openSource(parseSourceAddress(from, { database: undefined }));
  const texts = new PostgresRowTexts(target, 'public');
  const store = new PostgresCheckpointStore(query, 'test');
  try {
    const parts: DocumentsParts = {
      source,
      store,
      digests: new PostgresDigestStore(query),
      texts,
      run: (await store.latestRun())!,
      transformsOf: project.transformsOf,
      signal: new AbortController().signal,
      onEvent: () => undefined,
    };
    return await work(parts, [...project.mapping.collections]);
  } finally {
    await Promise.all([texts.close(), source.close(), closePostgres(client)]);
  }
}

/** The round trip of all documents of a collection that was migrated. */
export const compareDocumentsDirectly = (
  target: DigestTarget,
  collection: string,
  which: Parameters<typeof compareDocuments>[2] = 'all',
): Promise<DocumentsOutcome> =>
  withParts(target, (parts, mappings) =>
    compareDocuments(parts, mappings.find((one) => one.collection === collection)!, which),
  );
