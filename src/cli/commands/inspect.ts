import type { Command } from 'commander';
import { renderInspection } from '../../report/text/inspect-text.ts';
import type { CommandRunner } from '../command-runner.ts';
import { type Action, withRunControl } from '../session.ts';
import { addSettingOptions } from '../setting-options.ts';
import { examples } from './examples.ts';

/** `docrow inspect` */
export const addInspect = (program: Command, runner: CommandRunner): void => {
  const command = program
    .command('inspect')
    .summary('see what is in a MongoDB database or dump')
    .description(
      'Reads the documents once and shows every path with its types, ranges and oddities. Needs a source only, and changes nothing. Texts of documents are not shown, but for those that look like codes.',
    )
    .addHelpText(
      'after',
      examples(
        ['docrow inspect --source dump/shop', 'a mongodump folder'],
        ['docrow inspect --source "$MONGODB_URI" --only users,orders', 'two collections of a server'],
        [
          'docrow inspect --source dump/shop --sample 10000',
          'some documents of each collection, for a first look',
        ],
        ['docrow inspect --source dump/shop --json > shop.json', 'for a program'],
      ),
    )
    .action((_options, self: Command) => runner.run('inspect', 'inspect', self, inspect));
  addSettingOptions(command, 'inspect');
};

const inspect: Action = async (session) => {
  const { settings, useCases } = session;
  const { sample } = settings;
  const report = await withRunControl(session, (control) => useCases.inspect(settings, control, { sample }));
  return { exitCode: report.exitCode, json: report, text: (style) => renderInspection(style, report) };
};
