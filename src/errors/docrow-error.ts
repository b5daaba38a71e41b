import { type ErrorCode, type ErrorPolicy, errorPolicies } from './error-codes.ts';
import type { Problem } from './problem.ts';

/** Names, counts, paths and positions that belong to an error. Never values of documents, never secrets. */
export type ErrorContext = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * The one error class. The message says what is wrong and what to do, in sentence case without a full stop;
 * what the program does about it follows from the code alone.
 */
export class DocrowError extends Error {
  override readonly name = 'DocrowError';
  readonly code: ErrorCode;
  readonly context: ErrorContext;
  /** The single things that are wrong, where one error reports several at once; empty otherwise. */
  readonly problems: readonly Problem[];
  #remedy: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    context: ErrorContext = {},
    cause?: unknown,
    problems: readonly Problem[] = [],
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.context = context;
    this.problems = problems;
  }

  /** One error for everything that is wrong, so that a person corrects it in one go. */
  static fromProblems(code: ErrorCode, problems: readonly Problem[]): DocrowError {
    const lines = problems.map(({ location, message }) => (location ? `${location}: ${message}` : message));
    return new DocrowError(code, lines.join('\n'), { problems: problems.length }, undefined, problems);
  }

  get policy(): ErrorPolicy {
    return errorPolicies[this.code];
  }

  /** What the person can do about it: mostly what the code says. */
  get remedy(): string {
    return this.#remedy ?? this.policy.remedy;
  }

  /** Gives a remedy that fits this case better than the one of the code. */
  advising(remedy: string): this {
    this.#remedy = remedy;
    return this;
  }
}
