import { type Command, Option } from 'commander';
import { renderInit } from '../../report/text/init-text.ts';
import type { CommandRunner } from '../command-runner.ts';
import { type Action, withRunControl } from '../session.ts';
import { addSettingOptions } from '../setting-options.ts';
import { examples } from './examples.ts';

type NameStyle = 'snake' | 'keep';

/** `docrow init` */
export const addInit = (program: Command, runner: CommandRunner): void => {
  const command = program
    .command('init')
    .summary('propose a mapping for a MongoDB database or dump')
    .description(
      'Reads the documents and writes docrow.yaml, a mapping per collection with its evidence as comments, and stubs of transforms where a choice is yours. Needs a source only. Every document loads with what it proposes.',
    )
    .addOption(
      new Option('--names <style>', 'names of tables and columns: snake_case, or as in the source')
        .choices(['snake', 'keep'] satisfies NameStyle[])
        .default('snake'),
    )
    .option('--force', 'overwrite mappings that are there')
    .addHelpText(
      'after',
      examples(
        ['docrow init --source dump/shop', 'a mongodump folder, into this folder'],
        ['docrow init --source "$MONGODB_URI" --dir shop', 'a server, into the folder shop'],
        ['docrow init --source dump/shop --only orders --force', 'one collection again'],
        ['docrow init --source dump/shop --sample 10000', 'a first look at something large'],
      ),
    )
    .action((options: { names: NameStyle; force?: boolean }, self: Command) =>
      runner.run('init', 'init', self, init(options.names, options.force === true)),
    );
  addSettingOptions(command, 'init');
};

const init =
  (names: NameStyle, force: boolean): Action =>
  async (session) => {
    const { settings, useCases, terminal } = session;
    const { sample } = settings;
    const report = await withRunControl(session, (control) =>
      useCases.init(settings, control, { sample, force, names }),
    );
    const place = settings.dir === terminal.cwd ? '' : ` --dir ${settings.dir}`;
    const next = [
      {
        command: `docrow plan${place}`,
        purpose: 'what it will take, and what will be lost; changes nothing',
      },
      { command: `docrow migrate${place}`, purpose: 'load the documents' },
    ];
    return {
      exitCode: report.exitCode,
      json: report,
      text: (style) => renderInit(style, report, next),
    };
  };
