import type { RefreshId } from '../../target/refresh-target.ts';
import { columnReader } from '../column-reader.ts';
import type { CurrentDocument } from './current-documents.ts';
import type { RefreshParts } from './refresh-parts.ts';

/** Makes what the rows of documents are found by, numbered as the documents are. */
export type ToRefreshIds = (documents: readonly CurrentDocument[]) => readonly RefreshId[];

/** An `_id` alone is a document that the id column can be read from. */
export function refreshIds({ mapping, run, transformsOf }: RefreshParts): ToRefreshIds {
  const { idColumn, tables } = mapping;
  const read =
    idColumn === undefined
      ? undefined
      : columnReader(mapping, tables[0]!, idColumn, run.runTime, transformsOf(mapping));
  return (documents) =>
    documents.flatMap(({ forms }, document) =>
      forms.map((id) => {
        const value = read?.(id)[0];
        return { document, id, value: value === undefined ? undefined : Buffer.from(value, 'hex') };
      }),
    );
}
