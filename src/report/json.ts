import { redactDeep } from '../config/redact.ts';

/**
 * A report as the one line that `--json` prints.
 *
 * @param verbatim keep texts exactly, also where they look as if they held a password
 */
export const renderJson = (report: object, verbatim = false): string =>
  `${JSON.stringify(verbatim ? report : redactDeep(report))}\n`;
