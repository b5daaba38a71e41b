import type { Command } from 'commander';
import { DocrowError } from '../../errors/docrow-error.ts';
import { exitCodes } from '../../errors/error-codes.ts';
import type { CommandRunner } from '../command-runner.ts';
import type { Action } from '../session.ts';
import { addSettingOptions } from '../setting-options.ts';
import { examples } from './examples.ts';

/** `docrow schema` */
export const addSchema = (program: Command, runner: CommandRunner): void => {
  const command = program
    .command('schema')
    .summary('print the DDL of the mappings')
    .description('Prints the tables, keys, indexes and constraints that the mappings describe, as SQL.')
    .option('--apply', 'run the SQL on the target')
    .addHelpText(
      'after',
      examples(
        ['docrow schema > schema.sql', 'to read it or to keep it'],
        ['docrow schema --only tasks', 'of one collection'],
        ['docrow schema --apply', 'create the tables now, before a migration'],
      ),
    )
    .action((options: { apply?: boolean }, self: Command) =>
      runner.run('schema', 'schema', self, schema(options.apply === true)),
    );
  addSettingOptions(command, 'schema');
};

const schema =
  (apply: boolean): Action =>
  async ({ settings, useCases }) => {
    if (apply && settings.target === '') {
      const message = 'No target is given for --apply: say --target, or set DOCROW_TARGET or DATABASE_URL';
      throw new DocrowError('settings-invalid', message, { location: '--apply' });
    }
    const { sql, applied } = await useCases.schema(settings, { apply });
    return {
      exitCode: exitCodes.done,
      json: { command: 'schema', exitCode: exitCodes.done, applied, sql },
      verbatim: true,
      text: () => (sql.endsWith('\n') ? sql : `${sql}\n`),
    };
  };
