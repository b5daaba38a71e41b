import type { Settings } from '../config/settings.ts';
import type { DocrowError } from '../errors/docrow-error.ts';
import type { ExitCode } from '../errors/error-codes.ts';
import { toErrorReports } from '../report/error-report.ts';
import { renderJson } from '../report/json.ts';
import { renderErrors } from '../report/text/error-text.ts';
import { createStyle, type Style } from '../report/text/style.ts';
import type { Outcome } from './outcome.ts';
import type { ProgressStream } from './progress/progress.ts';
import { type Terminal, writeAll } from './terminal.ts';

/** Prints how a command ended on stdout, as one JSON object or as text. */
export const printOutcome = async (
  terminal: Terminal,
  settings: Settings,
  outcome: Outcome,
): Promise<void> => {
  const text = settings.json
    ? renderJson(outcome.json, outcome.verbatim)
    : outcome.text(styleFor(terminal, terminal.stdout, settings.color));
  await writeAll(terminal.stdout, text);
};

/** Prints why a command could not do its work: a JSON object on stdout, or text on stderr. */
export const printError = async (
  terminal: Terminal,
  command: string,
  error: DocrowError,
  exitCode: ExitCode,
  wanted: { readonly json: boolean; readonly color: boolean },
): Promise<void> => {
  const errors = toErrorReports(error);
  if (wanted.json) {
    const status = error.code === 'interrupted' ? 'interrupted' : 'failed';
    await writeAll(terminal.stdout, renderJson({ command, status, exitCode, errors }));
    return;
  }
  const text = renderErrors(styleFor(terminal, terminal.stderr, wanted.color), errors);
  await writeAll(terminal.stderr, `${text}\n`);
};

/** Colors on a terminal only, and where neither --no-color nor NO_COLOR (no-color.org) forbids them. */
const styleFor = ({ env }: Terminal, stream: ProgressStream, color: boolean): Style =>
  createStyle(color && stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb', stream.columns);
