import type { Command } from 'commander';
import { renderSync } from '../../report/text/sync-text.ts';
import type { CommandRunner } from '../command-runner.ts';
import { type Action, withRunControl } from '../session.ts';
import { addSettingOptions } from '../setting-options.ts';
import { parseDuration } from './duration.ts';
import { examples } from './examples.ts';
import { readSyncFlags, type SyncFlags } from './sync-flags.ts';

/** `docrow sync` */
export const addSync = (program: Command, runner: CommandRunner): void => {
  const command = program
    .command('sync')
    .summary('bring the tables in step with what happened in the source since')
    .description(
      'Brings the tables of the newest run in step with the source: by its change events, from the place that was stored before docrow migrate read the first document, or by comparing where there are none. Rows, and the place in the history up to which they are in step, are written in one transaction; a document that does not fit is set aside. Interrupted, the same command goes on. Exits 5 when a collection was dropped, renamed or replaced in the source (the others go on), 7 when the source has lost the history that is needed.',
    )
    .option('--once', 'catch up to the source’s time of now, and end')
    .option('--follow', 'go on until Ctrl-C or SIGTERM, seconds behind')
    .option(
      '--cursor <field>',
      'without change events: look at documents whose field has risen, such as updatedAt',
    )
    .option(
      '--overlap <duration>',
      'with --cursor: look again at documents so far below the highest value seen, such as 30s or 5m (default: 60s)',
      parseDuration,
    )
    .option('--find-deletes', 'with --cursor: also compare all keys, since a deleted document has no field')
    .option(
      '--full',
      'without change events: compare all documents by digest and write what differs; also from a newer dump',
    )
    .option('--recover', 'compare as --full does, then follow change events again from before the comparison')
    .addHelpText(
      'after',
      examples(
        [
          'docrow sync --once',
          'catch up and end; as a line of crontab: */5 * * * * docrow sync --once --dir /srv/shop',
        ],
        ['docrow sync --follow', 'stay seconds behind until the switch'],
        [
          'docrow sync --once --cursor updatedAt --overlap 5m --find-deletes',
          'a standalone server, which has no change events',
        ],
        [
          'docrow sync --follow --recover',
          'after the history was lost, or a collection was dropped and is there again',
        ],
      ),
    )
    .action((flags: SyncFlags, self: Command) => runner.run('sync', 'sync', self, sync(flags)));
  addSettingOptions(command, 'sync');
};

const sync =
  (flags: SyncFlags): Action =>
  async (session) => {
    const { settings, useCases } = session;
    const options = readSyncFlags(flags, settings);
    const report = await withRunControl(session, (control) => useCases.sync(settings, options, control));
    return { exitCode: report.exitCode, json: report, text: (style) => renderSync(style, report) };
  };
