import type { Command } from 'commander';
import { redact } from '../../config/redact.ts';
import { exitCodes } from '../../errors/error-codes.ts';
import type { PostgresReport } from '../../report/postgres-report.ts';
import { printable } from '../../report/text/printable.ts';
import type { Style } from '../../report/text/style.ts';
import type { CommandRunner } from '../command-runner.ts';
import type { Action } from '../session.ts';
import { addSettingOptions } from '../setting-options.ts';
import { examples } from './examples.ts';

const actions = {
  start: 'Starts the embedded PostgreSQL of the project folder.',
  stop: 'Stops it; its data stays.',
  status: 'Says whether it runs, and how to connect.',
} as const;

type PostgresAction = keyof typeof actions;

/** `docrow postgres start|stop|status` */
export const addPostgres = (program: Command, runner: CommandRunner): void => {
  const postgres = program
    .command('postgres')
    .summary('the embedded PostgreSQL: start, stop, status')
    .description(
      'The PostgreSQL behind the target embedded: keeps running after a command, until it is stopped.',
    )
    .addHelpText(
      'after',
      examples(
        ['docrow postgres status', 'whether it runs, and how to connect'],
        ['docrow postgres stop', 'end it; the data stays'],
      ),
    );
  for (const [action, description] of Object.entries(actions) as [PostgresAction, string][]) {
    const command = postgres
      .command(action)
      .description(description)
      .addHelpText(
        'after',
        examples(
          [`docrow postgres ${action}`, 'of the current folder'],
          [`docrow postgres ${action} --dir demo`, 'of another one'],
        ),
      )
      .action((_options, self: Command) =>
        runner.run(`postgres ${action}`, 'postgres', self, control(action)),
      );
    addSettingOptions(command, 'postgres');
  }
};

const control =
  (action: PostgresAction): Action =>
  async ({ settings, useCases }) => {
    const report = await useCases.postgresControl(settings, action);
    const exitCode = exitCodes.done;
    return {
      exitCode,
      json: { command: `postgres ${action}`, exitCode, ...report },
      text: (style) => renderPostgres(style, report),
    };
  };

const renderPostgres = (style: Style, { running, uri, dataFolder }: PostgresReport): string => {
  const state = running
    ? `${style.good('✓')} ${style.bold('Running')}`
    : `${style.dim('■')} ${style.bold('Not running')}`;
  const lines = [state, `  ${style.dim('data')}     ${printable(dataFolder)}`];
  if (uri !== undefined) lines.push(`  ${style.dim('connect')}  ${style.name(redact(`psql "${uri}"`))}`);
  return `${lines.join('\n')}\n`;
};
