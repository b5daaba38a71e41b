import type { Command } from 'commander';
import { redact } from '../../config/redact.ts';
import type { Settings } from '../../config/settings.ts';
import type { MigrationReport } from '../../report/migration-report.ts';
import { renderMigration } from '../../report/text/migration-text.ts';
import type { NextStep } from '../../report/text/section.ts';
import type { CommandRunner } from '../command-runner.ts';
import { confirm } from '../confirm.ts';
import { type Action, type Session, withRunControl } from '../session.ts';
import { addSettingOptions } from '../setting-options.ts';
import { examples } from './examples.ts';

/** `docrow migrate` */
export const addMigrate = (program: Command, runner: CommandRunner): void => {
  const command = program
    .command('migrate')
    .summary('load a MongoDB database into PostgreSQL')
    .description(
      'Loads the collections that have a mapping, with checkpoints: the same command goes on where an interrupted run stopped. Compares both sides at the end.',
    )
    .addHelpText(
      'after',
      examples(
        ['docrow migrate', 'with source and target from docrow.yaml or the environment'],
        [
          'docrow migrate --source dump/shop --target embedded:',
          'a mongodump folder, into a PostgreSQL that docrow starts',
        ],
        ['docrow migrate --only users,tasks --workers 4', 'two collections, four threads'],
        ['docrow migrate --fresh --yes', 'from the beginning, without a question'],
      ),
    )
    .action((_options, self: Command) => runner.run('migrate', 'migrate', self, migrate));
  addSettingOptions(command, 'migrate');
};

const migrate: Action = async (session) => {
  const { settings, useCases, terminal } = session;
  if (settings.fresh && !settings.yes) {
    const place = `schema "${settings.schema}" of ${redact(settings.target)}`;
    await confirm(terminal, `--fresh drops the tables that docrow created in ${place}, and its checkpoints`);
  }
  const report = await withRunControl(session, (control) => useCases.migrate(settings, control));
  const next = settings.json ? [] : await nextSteps(session, report);
  return {
    exitCode: report.exitCode,
    json: report,
    text: (style) => renderMigration(style, report, next),
  };
};

const nextSteps = async (
  { settings, useCases, terminal }: Session,
  report: MigrationReport,
): Promise<readonly NextStep[]> => {
  const place = settings.dir === terminal.cwd ? '' : ` --dir ${settings.dir}`;
  const steps: NextStep[] = [];
  if (report.status === 'interrupted' || report.status === 'failed') {
    steps.push({ command: `docrow status${place}`, purpose: 'where every collection stands' });
  }
  if (report.totals.rejected > 0) {
    steps.push({
      command: `docrow rejects list${place}`,
      purpose: 'every document that was set aside, with its reason',
    });
    if (report.status === 'done' || report.status === 'rejected') {
      steps.push({
        command: `docrow rejects retry${place}`,
        purpose: 'load these again, once the mapping is edited',
      });
    }
  }
  if (report.status !== 'interrupted' && report.validation.verdict === 'skipped') {
    steps.push({ command: `docrow validate${place}`, purpose: 'compare both sides' });
  }
  if (report.validation.outstanding !== undefined) {
    steps.push({
      command: `docrow sync --once${place}`,
      purpose: 'bring what changed since into the tables',
    });
  }
  const uri = await embeddedUri(settings, () => useCases.postgresControl(settings, 'status'));
  if (uri !== undefined) steps.push({ command: `psql "${uri}"`, purpose: 'look at the tables' });
  return steps;
};

const embeddedUri = async (
  { target }: Settings,
  status: () => Promise<{ readonly uri?: string }>,
): Promise<string | undefined> => (target === 'embedded:' ? (await status()).uri : undefined);
