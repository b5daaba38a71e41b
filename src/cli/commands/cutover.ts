import { type Command, InvalidArgumentError } from 'commander';
import { redact } from '../../config/redact.ts';
import { renderCutover } from '../../report/text/cutover-text.ts';
import type { CommandRunner } from '../command-runner.ts';
import { confirm } from '../confirm.ts';
import { type Action, withRunControl } from '../session.ts';
import { addSettingOptions } from '../setting-options.ts';
import { parseDuration } from './duration.ts';
import { examples } from './examples.ts';

interface CutoverFlags {
  readonly check?: boolean;
  readonly validate: boolean;
  /** Seconds. */
  readonly timeout?: number;
}

/** `docrow cutover` */
export const addCutover = (program: Command, runner: CommandRunner): void => {
  const command = program
    .command('cutover')
    .summary('say whether the application can be switched over, and record the switch')
    .description(
      'Looks at everything that must be true before the application writes to PostgreSQL: every change of the source is in the tables, both sides were compared and are equal, nothing is set aside, constraints, indexes, sequences and statistics are in order. Without --check it waits until nothing is written to the source any more, brings the rest over, sets sequences, compares both sides, and records the switch when all of it holds; docrow sync is over then. Exits 0 when it is ready or done, 3 when only the comparison stands in the way, else 5 (6 when it is only documents that are set aside).',
    )
    .option('--check', 'look alone: no row is changed, and no switch is recorded')
    .option(
      '--no-validate',
      'make no comparison and go by the last one, which counts only while no row has changed since',
    )
    .option(
      '--timeout <duration>',
      'wait so long for the writes to the source to stop, such as 10m (default: as long as it takes)',
      parseTimeout,
    )
    .addHelpText(
      'after',
      examples(
        ['docrow cutover --check', 'what is not ready yet, as often as you like'],
        ['docrow cutover', 'once the application has stopped writing; asks first'],
        ['docrow cutover --yes --timeout 10m --json', 'the same from a script'],
      ),
    )
    .action((flags: CutoverFlags, self: Command) => runner.run('cutover', 'cutover', self, cutover(flags)));
  addSettingOptions(command, 'cutover');
};

const cutover =
  ({ check = false, validate, timeout }: CutoverFlags): Action =>
  async (session) => {
    const { settings, useCases, terminal } = session;
    if (!check && !settings.yes) {
      const place = `schema "${settings.schema}" of ${redact(settings.target)}`;
      await confirm(
        terminal,
        `The switch to ${place} is recorded when all is ready, and docrow sync is over then; the application must have stopped writing to the source`,
      );
    }
    const options = { check, validate, timeoutSeconds: timeout };
    const report = await withRunControl(session, (control) => useCases.cutover(settings, options, control));
    return { exitCode: report.exitCode, json: report, text: (style) => renderCutover(style, report) };
  };

const parseTimeout = (text: string): number => {
  const seconds = parseDuration(text);
  if (seconds === 0) throw new InvalidArgumentError('It must be longer than 0.');
  return seconds;
};
