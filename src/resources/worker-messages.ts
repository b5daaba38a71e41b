import type { RangeCounts } from '../checkpoint/checkpoint-store.ts';
import { DocrowError, type ErrorContext } from '../errors/docrow-error.ts';
import type { ErrorCode } from '../errors/error-codes.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { RangeTask } from '../pipeline/copy-range.ts';
import type { SourceAddress } from '../source/document-source.ts';

/** What a worker thread is started with. Everything survives structured cloning. */
export interface WorkerSetup {
  readonly source: SourceAddress;
  readonly targetUri: string;
  readonly schema: string;
  readonly projectFolder: string;
  readonly collections: readonly CollectionMapping[];
  readonly runTime: Date;
}

/** From the pool to a worker. */
export type WorkerRequest =
  | { readonly kind: 'copy'; readonly task: RangeTask }
  | { readonly kind: 'stop'; readonly how: 'soft' | 'hard' };

/** From a worker to the pool. */
export type WorkerReply =
  | { readonly kind: 'chunk'; readonly counts: RangeCounts }
  | {
      readonly kind: 'retrying';
      readonly code: ErrorCode;
      readonly attempt: number;
      readonly delayMs: number;
    }
  | { readonly kind: 'done'; readonly isFinished: boolean }
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
