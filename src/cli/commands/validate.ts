import type { Command } from 'commander';
import { DocrowError } from '../../errors/docrow-error.ts';
import { renderValidation } from '../../report/text/validation-text.ts';
import type { CommandRunner } from '../command-runner.ts';
import type { Action } from '../session.ts';
import { addSettingOptions } from '../setting-options.ts';
import { examples } from './examples.ts';

/** `docrow validate` */
export const addValidate = (program: Command, runner: CommandRunner): void => {
  const command = program
    .command('validate')
    .summary('compare both sides')
    .description('Compares the source with the target and repairs nothing. Exits 3 when they differ.')
    .addHelpText(
      'after',
      examples(
        ['docrow validate', 'everything that has a mapping'],
        ['docrow validate --only tasks --json', 'one collection, for a program'],
      ),
    )
    .action((_options, self: Command) => runner.run('validate', 'validate', self, validate));
  addSettingOptions(command, 'validate');
};

const validate: Action = async ({ settings, useCases }) => {
  const { level } = settings;
  if (level !== 'counts') {
    const message = `The level ${level} comes with a later version; say --level counts`;
    throw new DocrowError('settings-invalid', message, { location: '--level' });
  }
  const report = await useCases.validate(settings, { level });
  return { exitCode: report.exitCode, json: report, text: (style) => renderValidation(style, report) };
};
