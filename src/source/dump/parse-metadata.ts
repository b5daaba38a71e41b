import { DocrowError } from '../../errors/docrow-error.ts';

/** What docrow uses of the metadata that mongodump writes for a collection. */
export interface CollectionMetadata {
  /** The whole name, where the file name had to be cut; absent in dumps older than 4.4. */
  readonly collectionName: string | undefined;
  readonly type: string;
  readonly capped: boolean;
  /** All of it, as it was written. */
  readonly text: string;
}

export const noMetadata: CollectionMetadata = {
  collectionName: undefined,
  type: 'collection',
  capped: false,
  text: '',
};

/**
 * @param text Extended JSON; empty for a collection without metadata
 * @param path for messages
 * @throws DocrowError `source-corrupt`
 */
export function parseMetadata(text: string, path: string): CollectionMetadata {
  if (text === '') return noMetadata;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DocrowError('source-corrupt', `${path} holds metadata that is not JSON`, { path });
  }
  const { collectionName, type, options } = isObject(value) ? value : {};
  return {
    collectionName: typeof collectionName === 'string' ? collectionName : undefined,
    type: typeof type === 'string' ? type : 'collection',
    capped: isObject(options) && options['capped'] === true,
    text,
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
