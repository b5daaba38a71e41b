import type { RunRecord } from '../checkpoint/checkpoint-store.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import { type DocumentSource, isSameSource, type SourceIdentity } from '../source/document-source.ts';

const kindWords: Readonly<Record<SourceIdentity['kind'], string>> = {
  mongo: 'a MongoDB server',
  dump: 'a dump',
  export: 'exported files',
};

const describe = ({ kind, database }: SourceIdentity): string => `${kindWords[kind]}, database ${database}`;

/**
 * A run can be compared only with the source that it was loaded from.
 * @throws DocrowError `source-changed`
 */
export async function requireRunSource(source: DocumentSource, run: RunRecord): Promise<void> {
  const identity = await source.identity();
  if (isSameSource(identity, run.identity)) return;
  const [ofRun, given] = [describe(run.identity), describe(identity)];
  const begun = `${run.startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const what =
    ofRun === given ? `another source of the same name (${given})` : `${ofRun}, and this one is ${given}`;
  throw new DocrowError(
    'source-changed',
    `The newest run in the target (${run.runId}, of ${begun}) was loaded from ${what}`,
    { database: identity.database },
  ).advising('Name the source of that run with --source, as it was for docrow migrate');
}
