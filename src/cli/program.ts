import { Command } from 'commander';
import { docrowVersion } from '../resources/docrow-version.ts';
import type { CommandRunner } from './command-runner.ts';
import { addCutover } from './commands/cutover.ts';
import { addDemo } from './commands/demo.ts';
import { examples } from './commands/examples.ts';
import { addInit } from './commands/init.ts';
import { addInspect } from './commands/inspect.ts';
import { addMigrate } from './commands/migrate.ts';
import { addPlan } from './commands/plan.ts';
import { addPostgres } from './commands/postgres.ts';
import { addRejects } from './commands/rejects.ts';
import { addRepair } from './commands/repair.ts';
import { addReport } from './commands/report.ts';
import { addSchema } from './commands/schema.ts';
import { addStatus } from './commands/status.ts';
import { addSync } from './commands/sync.ts';
import { addValidate } from './commands/validate.ts';
import type { Terminal } from './terminal.ts';

/** The command line as commander knows it. It throws `CommanderError` instead of ending the process. */
export const createProgram = (terminal: Terminal, runner: CommandRunner): Command => {
  const { stdout, stderr } = terminal;
  const program = new Command('docrow')
    .description('Moves a MongoDB database into PostgreSQL, and proves that nothing was lost.')
    .version(docrowVersion(), '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHelpWidth: () => Math.min(stdout.columns ?? 100, 120),
      getErrHelpWidth: () => Math.min(stderr.columns ?? 100, 120),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      // Errors are printed by the runner, like all others.
      outputError: () => undefined,
    })
    .addHelpText(
      'after',
      examples(
        ['docrow demo', 'see it work, with nothing installed but Node'],
        ['docrow migrate --help', 'all about one command'],
      ),
    );
  addDemo(program, runner);
  addInspect(program, runner);
  addInit(program, runner);
  addPlan(program, runner);
  addSchema(program, runner);
  addMigrate(program, runner);
  addSync(program, runner);
  addCutover(program, runner);
  addValidate(program, runner);
  addStatus(program, runner);
  addRepair(program, runner);
  addReport(program, runner);
  addRejects(program, runner);
  addPostgres(program, runner);
  return program;
};
