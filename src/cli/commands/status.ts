import type { Command } from 'commander';
import { renderStatus } from '../../report/text/status-text.ts';
import type { CommandRunner } from '../command-runner.ts';
import type { Action } from '../session.ts';
import { addSettingOptions } from '../setting-options.ts';
import { examples } from './examples.ts';

/** `docrow status` */
export const addStatus = (program: Command, runner: CommandRunner): void => {
  const command = program
    .command('status')
    .summary('where every collection stands')
    .description('Reads the state tables of the target, also while a run is working.')
    .addHelpText(
      'after',
      examples(
        ['docrow status', 'of the target in docrow.yaml or the environment'],
        ['docrow status --json', 'for a program'],
      ),
    )
    .action((_options, self: Command) => runner.run('status', 'status', self, status));
  addSettingOptions(command, 'status');
};

const status: Action = async ({ settings, useCases }) => {
  const report = await useCases.status(settings);
  return { exitCode: report.exitCode, json: report, text: (style) => renderStatus(style, report) };
};
