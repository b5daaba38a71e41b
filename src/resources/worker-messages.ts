import { DocrowError, type ErrorContext } from '../errors/docrow-error.ts';
import type { ErrorCode } from '../errors/error-codes.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { SourceAddress } from '../source/document-source.ts';

/** What reading and encoding ranges needs on any thread. */
export interface InputSetup {
  readonly source: SourceAddress;
  readonly projectFolder: string;
  readonly collections: readonly CollectionMapping[];
  readonly runTime: Date;
}

export interface CopySetup extends InputSetup {
  readonly targetUri: string;
  readonly schema: string;
}

/** What a worker thread is started with. Everything survives structured cloning. */
export type WorkerSetup =
  | { readonly work: 'copy'; readonly setup: CopySetup }
  | { readonly work: 'digest'; readonly setup: InputSetup };

/** From the pool to a worker. */
export type WorkerRequest<Task> =
  | { readonly kind: 'run'; readonly task: Task }
  | { readonly kind: 'stop'; readonly how: 'soft' | 'hard' };

/** From a worker to the pool. */
export type WorkerReply<Note, Result> =
  | { readonly kind: 'note'; readonly note: Note }
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly error: SentError };

/** A DocrowError on its way between threads, which keep no classes. */
export interface SentError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly context: ErrorContext;
}

export const toSentError = ({ code, message, context }: DocrowError): SentError => ({
  code,
  message,
  context,
});

export const fromSentError = ({ code, message, context }: SentError): DocrowError =>
  new DocrowError(code, message, context);
