import type { Command } from 'commander';
import { exitCodes } from '../../errors/error-codes.ts';
import { maskComparison } from '../../report/mask-values.ts';
import { renderValidation } from '../../report/text/validation-text.ts';
import type { CommandRunner } from '../command-runner.ts';
import { type Action, withRunControl } from '../session.ts';
import { addSettingOptions } from '../setting-options.ts';
import { examples } from './examples.ts';

interface ValidateOptions {
  readonly aggregates?: boolean;
  readonly sql?: boolean;
}

/** `docrow validate` */
export const addValidate = (program: Command, runner: CommandRunner): void => {
  const command = program
    .command('validate')
    .summary('compare both sides')
    .description(
      'Compares the source with the target, value by value, and changes nothing. Names each row and column that differs. Exits 3 when something does.',
    )
    .option('--aggregates', 'also compare nulls, extremes and sums of every column')
    .option('--sql', 'print queries that check the tables without docrow, and compare nothing')
    .addHelpText(
      'after',
      examples(
        ['docrow validate', 'hashes of all rows, then the rows that differ'],
        ['docrow validate --level documents', 'documents made again from their rows; the closest look'],
        ['docrow validate --only tasks --show-values', 'one collection, with the values that differ'],
        ['docrow validate --sql > check.sql', 'for psql'],
      ),
    )
    .action((options: ValidateOptions, self: Command) =>
      runner.run('validate', 'validate', self, options.sql === true ? printSql : validate(options)),
    );
  addSettingOptions(command, 'validate');
};

const validate =
  ({ aggregates = false }: ValidateOptions): Action =>
  async (session) => {
    const { settings, useCases } = session;
    const found = await withRunControl(session, (control) =>
      useCases.validate(settings, { aggregates }, control),
    );
    const report = settings.showValues ? found : maskComparison(found);
    return { exitCode: report.exitCode, json: report, text: (style) => renderValidation(style, report) };
  };

const printSql: Action = async ({ settings, useCases }) => {
  const sql = await useCases.validationSql(settings);
  return {
    exitCode: exitCodes.done,
    json: { command: 'validate', exitCode: exitCodes.done, sql },
    verbatim: true,
    text: () => sql,
  };
};
