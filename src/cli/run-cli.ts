import { CommanderError } from 'commander';
import { DocrowError } from '../errors/docrow-error.ts';
import { type ExitCode, exitCodes } from '../errors/error-codes.ts';
import { toDocrowError } from '../errors/to-docrow-error.ts';
import type { UseCases } from '../pipeline/use-cases.ts';
import { CommandRunner } from './command-runner.ts';
import { createProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

/** Runs one command line. Never throws; the exit code says how it ended. */
export const runCli = async (terminal: Terminal, useCases: UseCases): Promise<ExitCode> => {
  const runner = new CommandRunner(terminal, useCases);
  try {
    await createProgram(terminal, runner).parseAsync(terminal.argv, { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return exitCodes.done;
    // A command that needs a subcommand printed its help already.
    if (thrown instanceof CommanderError && thrown.code === 'commander.help') return exitCodes.usage;
    const error = thrown instanceof CommanderError ? usageError(thrown) : toDocrowError(thrown);
    await runner.fail(terminal.argv.find((word) => !word.startsWith('-')) ?? 'docrow', error);
  }
  return runner.exitCode;
};

/** `error: unknown option '--jsn'\n(Did you mean --json?)` in the form of all other messages. */
const usageError = ({ message }: CommanderError): DocrowError => {
  const text = message
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  return new DocrowError('settings-invalid', text.charAt(0).toUpperCase() + text.slice(1));
};
