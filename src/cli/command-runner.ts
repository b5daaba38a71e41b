import type { Command } from 'commander';
import { loadSettings } from '../config/load-settings.ts';
import type { CommandName } from '../config/setting.ts';
import type { Settings } from '../config/settings.ts';
import type { DocrowError } from '../errors/docrow-error.ts';
import { type ExitCode, exitCodes } from '../errors/error-codes.ts';
import { toDocrowError } from '../errors/to-docrow-error.ts';
import type { UseCases } from '../pipeline/use-cases.ts';
import { createLogger, logError } from './logger.ts';
import { printError, printOutcome } from './print.ts';
import type { Action } from './session.ts';
import { givenSettings } from './setting-options.ts';
import type { Terminal } from './terminal.ts';

/** Runs one command from settings to exit code; there is one way for all of them. */
export class CommandRunner {
  exitCode: ExitCode = exitCodes.done;
  readonly #terminal: Terminal;
  readonly #useCases: UseCases;

  constructor(terminal: Terminal, useCases: UseCases) {
    this.#terminal = terminal;
    this.#useCases = useCases;
  }

  /**
   * @param title the command as a person types it (`rejects list`)
   * @param name whose settings it takes
   */
  async run(title: string, name: CommandName, command: Command, action: Action): Promise<void> {
    const terminal = this.#terminal;
    let settings: Settings | undefined;
    try {
      settings = await loadSettings(name, givenSettings(command), terminal.env, terminal.cwd);
      const outcome = await action({ settings, useCases: this.#useCases, terminal });
      this.exitCode = outcome.exitCode;
      await printOutcome(terminal, settings, outcome);
    } catch (thrown) {
      await this.fail(title, toDocrowError(thrown), settings);
    }
  }

  /** Ends a command by an error. */
  async fail(title: string, error: DocrowError, settings?: Settings): Promise<void> {
    this.exitCode = error.context['signal'] === 'SIGTERM' ? exitCodes.terminated : error.policy.exitCode;
    logError(createLogger(settings?.logLevel ?? 'error', this.#terminal.stderr), error);
    await printError(this.#terminal, title, error, this.exitCode, settings ?? this.#wanted());
  }

  /** What was asked for, where the settings could not be read. */
  #wanted(): { readonly json: boolean; readonly color: boolean } {
    const { argv, env } = this.#terminal;
    return {
      json: argv.includes('--json') || /^(?:true|yes|1)$/i.test(env['DOCROW_JSON'] ?? ''),
      color: !argv.includes('--no-color'),
    };
  }
}
