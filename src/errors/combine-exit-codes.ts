import { type ExitCode, exitCodes } from './error-codes.ts';

/**
 * The exit code of a run in which several things happened. A defect or wrong settings (1, 2) win, then the
 * lowest of 3..8 that is not 6, then the signal; 6 only when nothing worse happened.
 */
export const combineExitCodes = (codes: Iterable<ExitCode>): ExitCode => {
  let worst: ExitCode = exitCodes.done;
  for (const code of codes) if (severity(code) < severity(worst)) worst = code;
  return worst;
};

const leastSevere: readonly ExitCode[] = [
  exitCodes.interrupted,
  exitCodes.terminated,
  exitCodes.rejected,
  exitCodes.done,
];

const severity = (code: ExitCode): number => {
  const position = leastSevere.indexOf(code);
  return position < 0 ? code : 1000 + position;
};
