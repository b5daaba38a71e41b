import type { ExitCode } from '../errors/error-codes.ts';
import type { Style } from '../report/text/style.ts';

/** How a command ended: for programs, for people and for the shell. */
export interface Outcome {
  readonly exitCode: ExitCode;
  /** Printed with `--json`, without passwords. */
  readonly json: object;
  /** Printed otherwise. */
  readonly text: (style: Style) => string;
  /** The JSON holds texts that only look like connection strings and must stay exact: SQL, a document's values. */
  readonly verbatim?: boolean;
}
