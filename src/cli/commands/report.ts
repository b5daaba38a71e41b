import { extname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { DocrowError } from '../../errors/docrow-error.ts';
import { exitCodes } from '../../errors/error-codes.ts';
import { type ReportFormat, renderRunAs, reportFormats } from '../../report/render-run.ts';
import { renderRun, renderRunList } from '../../report/text/run-text.ts';
import type { CommandRunner } from '../command-runner.ts';
import type { Action } from '../session.ts';
import { addSettingOptions } from '../setting-options.ts';
import { examples } from './examples.ts';

interface ReportOptions {
  readonly format?: ReportFormat;
  readonly out?: string;
  readonly run?: string;
  readonly list?: boolean;
}

/** `docrow report` */
export const addReport = (program: Command, runner: CommandRunner): void => {
  const command = program
    .command('report')
    .summary('what a run did and what is proved, for people and programs')
    .description(
      'Reopens the report of a run from the state tables of the target; the source is not needed. Values of documents are hidden; keys and _ids are shown. A file that is there is replaced, whole or not at all; into anything but an ordinary file (a link, a device) nothing is written. With --show-values only its owner can read it.',
    )
    .addOption(
      new Option('--format <format>', 'how to write it (default: by the ending of --out, else text)').choices(
        reportFormats,
      ),
    )
    .option('--out <file>', 'write it into this file instead of printing it')
    .option('--run <number|id>', 'an earlier run (default: the newest)')
    .option('--list', 'list the runs of the target')
    .addHelpText(
      'after',
      examples(
        ['docrow report', 'of the newest run'],
        ['docrow report --out report.html', 'one page that needs no network'],
        ['docrow report --format junit --out docrow.xml', 'each check as a test case'],
        ['docrow report --run 2 --format md', 'an earlier run, for an issue'],
      ),
    )
    .action((options: ReportOptions, self: Command) =>
      runner.run(
        'report',
        'report',
        self,
        options.list === true
          ? list
          : options.out === undefined
            ? print(options)
            : write(options, options.out),
      ),
    );
  addSettingOptions(command, 'report');
};

const list: Action = async ({ settings, useCases }) => {
  const report = await useCases.reportList(settings);
  return { exitCode: report.exitCode, json: report, text: (style) => renderRunList(style, report) };
};

const print =
  ({ format = 'text', run }: ReportOptions): Action =>
  async ({ settings, useCases }) => {
    if (settings.json && format !== 'json' && format !== 'text') {
      const message = `--json prints one JSON object, so --format ${format} needs --out`;
      throw new DocrowError('settings-invalid', message, { location: '--format' });
    }
    const report = await useCases.report(settings, run);
    return {
      exitCode: report.exitCode,
      json: report,
      // Without passwords already, unless values are to be shown as they are.
      verbatim: true,
      text: (style) => (format === 'text' ? renderRun(style, report) : renderRunAs(format, report)),
    };
  };

const write =
  ({ format, run }: ReportOptions, out: string): Action =>
  async ({ settings, useCases, terminal }) => {
    const file = resolve(terminal.cwd, out);
    const chosen = format ?? formatOf(file);
    const report = await useCases.report(settings, run);
    await useCases.writeReport(settings, file, renderRunAs(chosen, report));
    return {
      exitCode: exitCodes.done,
      json: { command: 'report', exitCode: exitCodes.done, runId: report.runId, file, format: chosen },
      text: (style) => `${style.good('✓')} Report of run ${report.number} written to ${out}\n`,
    };
  };

const endings: Readonly<Record<string, ReportFormat>> = {
  '.html': 'html',
  '.htm': 'html',
  '.md': 'md',
  '.json': 'json',
  '.xml': 'junit',
  '.txt': 'text',
};

const formatOf = (file: string): ReportFormat => endings[extname(file).toLowerCase()] ?? 'text';
