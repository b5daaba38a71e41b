import type { Command } from 'commander';
import { type ExitCode, exitCodes } from '../../errors/error-codes.ts';
import type { DemoReport } from '../../report/demo-report.ts';
import { renderMigration } from '../../report/text/migration-text.ts';
import { type NextStep, renderNextSteps } from '../../report/text/section.ts';
import type { CommandRunner } from '../command-runner.ts';
import { type Action, withRunControl } from '../session.ts';
import { addSettingOptions } from '../setting-options.ts';
import { examples } from './examples.ts';

/** `docrow demo` */
export const addDemo = (program: Command, runner: CommandRunner): void => {
  const command = program
    .command('demo')
    .summary('migrate the shipped sample, with nothing installed but Node')
    .description(
      'Starts an embedded PostgreSQL, migrates the sample of users, tasks and subtasks, compares both sides, and writes the report as a page. Succeeds when the documents that were set aside are those that the sample is known to hold. Uses no network.',
    )
    .addHelpText(
      'after',
      examples(
        ['docrow demo', 'in the current folder'],
        ['docrow demo --dir /tmp/demo', 'somewhere else'],
        ['docrow demo --fresh', 'once more, from the beginning'],
      ),
    )
    .action((_options, self: Command) => runner.run('demo', 'demo', self, demo));
  addSettingOptions(command, 'demo');
};

const demo: Action = async (session) => {
  const { settings, terminal, useCases } = session;
  const report = await withRunControl(session, (control) => useCases.demo(settings, control));
  const exitCode = demoExitCode(report);
  const inOtherFolder = settings.dir === terminal.cwd ? '' : ` --dir ${settings.dir}`;
  return {
    exitCode,
    json: { ...report, command: 'demo', status: exitCode === 0 ? 'done' : report.status, exitCode },
    text: (style) => {
      const known = report.expected
        ? `${style.good('✓')} What was set aside is what the sample is known to hold`
        : `${style.bad('✗')} What was set aside is not what the sample is known to hold`;
      const steps: NextStep[] = [
        { command: `psql "${report.connection}"`, purpose: 'look at the tables' },
        {
          command: `docrow rejects list --target embedded:${inOtherFolder}`,
          purpose: 'the documents that were set aside',
        },
        { command: `docrow postgres stop${inOtherFolder}`, purpose: 'end the embedded PostgreSQL' },
      ];
      const page =
        report.reportFile === undefined
          ? ''
          : `  The report, for a browser: ${style.name(report.reportFile)}\n`;
      return `${renderMigration(style, report)}\n${known}\n${page}\n${renderNextSteps(style, steps)}\n`;
    },
  };
};

/** Documents set aside are what a demo is meant to show; others than the known ones are a difference. */
const demoExitCode = ({ exitCode, expected }: DemoReport): ExitCode => {
  if (exitCode !== exitCodes.done && exitCode !== exitCodes.rejected) return exitCode;
  return expected ? exitCodes.done : exitCodes.differences;
};
