import type { Packing } from '../dump/file-form.ts';
import type { ExportForm } from './export-framing.ts';

/** A file that holds the documents of one collection. */
export interface ExportFile {
  readonly collection: string;
  readonly path: string;
  readonly packing: Packing;
  readonly fileBytes: number;
  readonly sample: ExportSample;
}

/** What the beginning of a file shows. */
export interface ExportSample {
  /** Undefined where it holds white space only. */
  readonly form: ExportForm | undefined;
  readonly documents: number;
  /** Bytes of text up to the end of the last of these documents. */
  readonly textBytes: number;
  /** Whether one of them has no `_id`. */
  readonly madeIds: boolean;
}

/** `users.jsonl.gz`, `users.json`: the name before the extension is the collection's. */
const exportName = /^(.+)\.(?:json|jsonl|ndjson)(?:\.gz)?$/i;
/** Files that mongodump writes beside its .bson files. */
const dumpJsonName = /^(?:.+\.metadata|prelude)\.json(?:\.gz)?$/;

/** The file name without its extension; undefined where it is not that of an export. */
export const stemOfExport = (fileName: string): string | undefined =>
  dumpJsonName.test(fileName) ? undefined : exportName.exec(fileName)?.[1];
