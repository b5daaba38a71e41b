import { type Command, InvalidArgumentError } from 'commander';
import { redact } from '../../config/redact.ts';
import { renderRepair } from '../../report/text/repair-text.ts';
import type { CommandRunner } from '../command-runner.ts';
import { confirm } from '../confirm.ts';
import { type Action, withRunControl } from '../session.ts';
import { addSettingOptions } from '../setting-options.ts';
import { examples } from './examples.ts';

interface RepairFlags {
  readonly apply?: boolean;
  readonly limit?: number;
}

/** `docrow repair` */
export const addRepair = (program: Command, runner: CommandRunner): void => {
  const command = program
    .command('repair')
    .summary('put right what the last comparison found')
    .description(
      'Says how the rows have to be changed that the last `docrow validate` found to differ, and changes them with --apply: the documents are read again from the source and written by the same path as the load, in transactions of bounded size; rows that are right stay untouched. Every change is recorded in docrow.audit, and the documents are compared again at the end. Exits 3 while anything differs. Interrupted, the same command goes on.',
    )
    .option('--apply', 'make the changes; without it they are listed alone')
    .option('--limit <n>', 'documents to repair, at most (default: all)', parseLimit)
    .addHelpText(
      'after',
      examples(
        ['docrow repair', 'what would be changed, row by row'],
        ['docrow repair --apply', 'change it, after a question'],
        ['docrow repair --apply --yes --only tasks --json', 'one collection, for a program'],
      ),
    )
    .action((flags: RepairFlags, self: Command) => runner.run('repair', 'repair', self, repair(flags)));
  addSettingOptions(command, 'repair');
};

const repair =
  ({ apply = false, limit = Number.MAX_SAFE_INTEGER }: RepairFlags): Action =>
  async (session) => {
    const { settings, useCases, terminal } = session;
    if (apply && !settings.yes) {
      const place = `schema "${settings.schema}" of ${redact(settings.target)}`;
      await confirm(terminal, `--apply inserts, updates and deletes rows in ${place}`);
    }
    const report = await withRunControl(session, (control) =>
      useCases.repair(settings, { apply, limit }, control),
    );
    return { exitCode: report.exitCode, json: report, text: (style) => renderRepair(style, report) };
  };

const parseLimit = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return Number(text);
};
