import type { Command } from 'commander';
import type { RetryOptions } from '../../pipeline/use-cases.ts';
import { renderRetry } from '../../report/text/retry-text.ts';
import type { CommandRunner } from '../command-runner.ts';
import { type Action, withRunControl } from '../session.ts';
import { addSettingOptions } from '../setting-options.ts';
import { examples } from './examples.ts';
import { parseRejectionCode } from './rejection-code.ts';

/** `docrow rejects retry` */
export const addRetry = (rejects: Command, runner: CommandRunner): void => {
  const command = rejects
    .command('retry')
    .description(
      'Loads what was set aside again, after the mapping, a transform or the data it refers to was put right. What goes again are the bytes that are kept in docrow.rejection, not the documents as the source has them now: what changed there since then is a matter of its own. Rows that are loaded stay as they are; a mapping that would make them wrong is refused, and tables that have to be altered first are named with the statements. Interrupted, the same command goes on.',
    )
    .option('--collection <name>', 'of this collection only')
    .option('--code <code>', 'those set aside for this reason only', parseRejectionCode)
    .addHelpText(
      'after',
      examples(
        ['docrow rejects retry', 'everything, by the mappings as they are now'],
        ['docrow rejects retry --collection users --code value-mismatch', 'one collection, one reason'],
        ['docrow rejects retry --max-rejects 10 --json', 'for a program, which lives with ten that are left'],
      ),
    )
    .action((options: RetryOptions, self: Command) =>
      runner.run('rejects retry', 'rejects retry', self, retry(options)),
    );
  addSettingOptions(command, 'rejects retry');
};

const retry =
  ({ collection, code }: RetryOptions): Action =>
  async (session) => {
    const { settings, useCases } = session;
    const options: RetryOptions = {
      ...(collection === undefined ? {} : { collection }),
      ...(code === undefined ? {} : { code }),
    };
    const report = await withRunControl(session, (control) =>
      useCases.rejectsRetry(settings, options, control),
    );
    return { exitCode: report.exitCode, json: report, text: (style) => renderRetry(style, report) };
  };
