import type { Command } from 'commander';
import type { PlanReport } from '../../report/plan-report.ts';
import { renderPlan } from '../../report/text/plan-text.ts';
import type { NextStep } from '../../report/text/section.ts';
import type { CommandRunner } from '../command-runner.ts';
import { type Action, type Session, withRunControl } from '../session.ts';
import { addSettingOptions } from '../setting-options.ts';
import { examples } from './examples.ts';

/** `docrow plan` */
export const addPlan = (program: Command, runner: CommandRunner): void => {
  const command = program
    .command('plan')
    .summary('see what a migration would do, cost and lose')
    .description(
      'Reads and converts all documents as a migration would, and asks the target for its privileges, tables and speed. Says what would be set aside, what is lost, how long it takes and how much room it needs. Changes nothing.',
    )
    .option('--ddl', 'print the DDL as well')
    .addHelpText(
      'after',
      examples(
        ['docrow plan', 'before docrow migrate'],
        ['docrow plan --sample 10000', 'some documents of each collection, projected to all'],
        ['docrow plan --source dump/shop --only orders --ddl', 'one collection, without a target'],
        ['docrow plan --json > plan.json', 'for a program'],
      ),
    )
    .action((options: { ddl?: boolean }, self: Command) =>
      runner.run('plan', 'plan', self, plan(options.ddl === true)),
    );
  addSettingOptions(command, 'plan');
};

const plan =
  (ddl: boolean): Action =>
  async (session) => {
    const { settings, useCases } = session;
    const { sample } = settings;
    const report = await withRunControl(session, (control) => useCases.plan(settings, control, { sample }));
    return {
      exitCode: report.exitCode,
      json: report,
      // The DDL is SQL that must stay exact.
      verbatim: true,
      text: (style) => renderPlan(style, report, { ddl, next: nextSteps(session, report) }),
    };
  };

const nextSteps = ({ settings, terminal }: Session, report: PlanReport): readonly NextStep[] => {
  const place = settings.dir === terminal.cwd ? '' : ` --dir ${settings.dir}`;
  const steps: NextStep[] = [
    { command: `docrow schema${place}`, purpose: 'the tables, keys and indexes as SQL' },
    ...nextOf(report, settings.onExisting).map(({ command, purpose }) => ({
      command: `${command}${place}`,
      purpose,
    })),
  ];
  return steps;
};

/** What helps after this plan: the load, where nothing stands in its way. */
const nextOf = (report: PlanReport, onExisting: 'stop' | 'append'): readonly NextStep[] => {
  const codes = new Set(report.errors.map(({ code }) => code));
  if (report.nothingToDo && codes.size === 0) {
    return [
      { command: 'docrow validate', purpose: 'compare both sides: all of this is loaded' },
      { command: 'docrow rejects list', purpose: 'what was set aside, with the reasons' },
    ];
  }
  if (codes.size === 0) {
    const purpose =
      report.exitCode === 0 ? 'do it' : 'load the others; what is set aside is kept and can be retried';
    return [{ command: 'docrow migrate', purpose }];
  }
  const steps: NextStep[] = [];
  if (codes.has('run-locked')) steps.push({ command: 'docrow status', purpose: 'what the other run does' });
  if (onExisting === 'stop' && (codes.has('source-changed') || codes.has('target-not-empty'))) {
    const purpose = 'what adding this source to the rows that are there would do';
    steps.push({ command: 'docrow plan --on-existing append', purpose });
  }
  if (codes.has('mapping-changed') && report.nothingToDo) {
    const purpose = 'load what was set aside by the mapping as it is now';
    steps.push({ command: 'docrow rejects retry', purpose });
  }
  steps.push({ command: 'docrow plan', purpose: 'once what stands in the way is dealt with' });
  return steps;
};
