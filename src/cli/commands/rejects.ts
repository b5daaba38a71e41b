import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { exitCodes } from '../../errors/error-codes.ts';
import type { RejectsFilter, RejectsFormat } from '../../pipeline/use-cases.ts';
import { maskReject } from '../../report/mask-document.ts';
import { formatDocuments } from '../../report/text/quantities.ts';
import { renderReject, renderRejects } from '../../report/text/rejects-text.ts';
import type { CommandRunner } from '../command-runner.ts';
import type { Action } from '../session.ts';
import { addSettingOptions } from '../setting-options.ts';
import { examples } from './examples.ts';
import { parseRejectionCode } from './rejection-code.ts';
import { addRetry } from './rejects-retry.ts';

/** `docrow rejects list|show|export|retry` */
export const addRejects = (program: Command, runner: CommandRunner): void => {
  const rejects = program
    .command('rejects')
    .summary('documents that were set aside: list, show, export, retry')
    .description(
      'Documents that could not be loaded are kept in the target, whole, with the reason and the path.',
    )
    .addHelpText(
      'after',
      examples(
        ['docrow rejects list', 'what was set aside, and why'],
        ['docrow rejects show 17', 'one document'],
        ['docrow rejects retry', 'load them again, after the mapping was edited'],
        ['docrow rejects export rejects.jsonl', 'the documents themselves, to repair them'],
      ),
    );
  addList(rejects, runner);
  addShow(rejects, runner);
  addExport(rejects, runner);
  addRetry(rejects, runner);
};

const addList = (rejects: Command, runner: CommandRunner): void => {
  const command = rejects
    .command('list')
    .description('Lists what was set aside, by kind and one by one.')
    .option('--limit <n>', 'how many to list one by one (default: 20)', parseLimit)
    .option('--collection <name>', 'of this collection only')
    .option('--code <code>', 'for this reason only', parseRejectionCode)
    .addHelpText(
      'after',
      examples(
        ['docrow rejects list --collection users', 'of one collection'],
        ['docrow rejects list --code reference-missing --limit 100', 'one reason, more of them'],
      ),
    )
    .action((options: Partial<RejectsFilter>, self: Command) =>
      runner.run('rejects list', 'rejects', self, list({ ...options, limit: options.limit ?? 20 })),
    );
  addSettingOptions(command, 'rejects');
};

const addShow = (rejects: Command, runner: CommandRunner): void => {
  const command = rejects
    .command('show')
    .argument('<key>', 'the key that `rejects list` names')
    .description('Shows one document that was set aside: its shape, and with --show-values its values.')
    .addHelpText(
      'after',
      examples(
        ['docrow rejects show 17', 'why, and the document’s shape'],
        ['docrow rejects show 17 --show-values', 'with its values, as Extended JSON'],
      ),
    )
    .action((key: string, _options, self: Command) => runner.run('rejects show', 'rejects', self, show(key)));
  addSettingOptions(command, 'rejects');
};

const addExport = (rejects: Command, runner: CommandRunner): void => {
  const formats: readonly RejectsFormat[] = ['ejson-lines', 'bson'];
  const command = rejects
    .command('export')
    .argument('<file>', 'the file to write')
    .description('Writes the documents that were set aside into a file, whole.')
    .addOption(new Option('--format <format>', 'how to write them (default: ejson-lines)').choices(formats))
    .addHelpText(
      'after',
      examples(
        ['docrow rejects export rejects.jsonl', 'canonical Extended JSON, one document a line'],
        ['docrow rejects export rejects.bson --format bson', 'for mongorestore'],
      ),
    )
    .action((file: string, options: { format?: RejectsFormat }, self: Command) =>
      runner.run('rejects export', 'rejects', self, exportTo(file, options.format ?? 'ejson-lines')),
    );
  addSettingOptions(command, 'rejects');
};

const list =
  ({ limit, collection, code }: RejectsFilter): Action =>
  async ({ settings, useCases }) => {
    const filter: RejectsFilter = {
      limit,
      ...(collection === undefined ? {} : { collection }),
      ...(code === undefined ? {} : { code }),
    };
    const report = await useCases.rejectsList(settings, filter);
    return { exitCode: report.exitCode, json: report, text: (style) => renderRejects(style, report) };
  };

const show =
  (key: string): Action =>
  async ({ settings, useCases }) => {
    const whole = await useCases.rejectsShow(settings, key);
    const report = settings.showValues ? whole : maskReject(whole);
    return {
      exitCode: report.exitCode,
      json: report,
      verbatim: settings.showValues,
      text: (style) => renderReject(style, report),
    };
  };

const exportTo =
  (file: string, format: RejectsFormat): Action =>
  async ({ settings, useCases, terminal }) => {
    const path = resolve(terminal.cwd, file);
    const { documents } = await useCases.rejectsExport(settings, path, format);
    return {
      exitCode: exitCodes.done,
      json: { command: 'rejects export', exitCode: exitCodes.done, documents, file: path, format },
      text: (style) => `${style.good('✓')} ${formatDocuments(documents)} written to ${file}\n`,
    };
  };

const parseLimit = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
};
