import type { SourceCollection } from '../document-source.ts';
import type { Packing } from './file-form.ts';

/** Where the documents of a collection are. */
export type DumpData =
  | { readonly form: 'bson'; readonly path: string; readonly packing: Packing; readonly fileBytes: number }
  | {
      readonly form: 'archive';
      readonly path: string;
      readonly packing: Packing;
      readonly fileBytes: number;
      /** Offset, in the unpacked bytes, of the slices. */
      readonly bodyOffset: number;
    };

export interface DumpCollection {
  readonly database: string;
  readonly name: string;
  readonly kind: SourceCollection['kind'];
  /** Undefined for views and time-series collections, whose documents a dump does not hold. */
  readonly data: DumpData | undefined;
  /** Text of its metadata; empty where there are none. */
  readonly metadata: string;
}

/** Everything in a dump, before one database is chosen. */
export interface DumpContents {
  readonly collections: readonly DumpCollection[];
  readonly notices: readonly string[];
}

/** The kind of a collection by its name and its metadata (`type`, `options`). */
export function collectionKind(name: string, type: string, capped: boolean): SourceCollection['kind'] {
  if (/^(\$admin\.)?system\./.test(name)) return 'system';
  if (type === 'view' || type === 'timeseries') return type;
  return capped ? 'capped' : 'collection';
}

export const oplogNotice =
  'The dump holds an oplog (oplog.bson), which this version does not replay: ' +
  'what changed while the dump was made is missing from the copy';
