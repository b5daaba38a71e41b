import { describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';
import type { PlanReport } from '../../../src/report/plan-report.ts';
import { createMemoryTerminal } from './memory-terminal.ts';
import { MemoryUseCases } from './memory-use-cases.ts';
import { samplePlan } from './sample-plan.ts';

const docrow = async (...line: readonly string[]) => {
  const terminal = createMemoryTerminal([...line]);
  const useCases = new MemoryUseCases();
  return { ...terminal, useCases, exitCode: await runCli(terminal, useCases) };
};

describe('docrow plan', () => {
  test('needs a source; the target may be left out', async () => {
    const { exitCode, useCases, stdout, stderr } = await docrow(
      'plan',
      '--source',
      'dump',
      '--only',
      'tasks',
    );
    expect(exitCode).toBe(0);
    expect(useCases.calls[0]).toMatchObject({ useCase: 'plan', argument: { sample: undefined } });
    expect(stdout.text).toMatch(/^✓ Ready, with losses declared\n/);
    expect(stdout.text).toContain('docrow migrate');
    expect(stderr.text).toMatch(/^tasks: 0 documents read in/);
  });

  test('--sample and --max-rejects', async () => {
    const { useCases } = await docrow('plan', '--source', 'dump', '--sample', '500', '--max-rejects', '3');
    expect(useCases.calls[0]?.argument).toEqual({ sample: 500 });
    expect(useCases.calls[0]?.settings.maxRejects).toBe(3);
  });

  test('the DDL is printed when it is asked for', async () => {
    expect((await docrow('plan', '--source', 'dump')).stdout.text).not.toContain('create table');
    expect((await docrow('plan', '--source', 'dump', '--ddl')).stdout.text).toContain(samplePlan.ddl.trim());
  });

  test.each<[string, Partial<PlanReport>, readonly string[], string]>([
    ['what is loaded already', { nothingToDo: true }, [], 'docrow validate'],
    ['a run of another source', { exitCode: 5 }, ['source-changed'], 'docrow plan --on-existing append'],
    ['a run at work', { exitCode: 5 }, ['run-locked'], 'docrow status'],
    [
      'a mapping that changed since',
      { exitCode: 5, nothingToDo: true },
      ['mapping-changed'],
      'docrow rejects retry',
    ],
    ['documents that are set aside', { exitCode: 6 }, [], 'docrow migrate'],
  ])('after %s it says what helps', async (_what, given, codes, command) => {
    const useCases = new MemoryUseCases();
    const errors = codes.map((code) => ({ code, message: 'M', hint: 'H', location: undefined }));
    useCases.plan = () => Promise.resolve({ ...samplePlan, ...given, errors } as PlanReport);
    const terminal = createMemoryTerminal(['plan', '--source', 'dump']);
    await runCli(terminal, useCases);
    const next = terminal.stdout.text.slice(terminal.stdout.text.indexOf('\nNext\n'));
    expect(next).toMatch(new RegExp(`^ {2}${command}( |$)`, 'm'));
    if (command !== 'docrow migrate') expect(next).not.toContain('docrow migrate');
  });

  test('--json prints the whole plan', async () => {
    const { stdout } = await docrow('plan', '--source', 'dump', '--json');
    expect(JSON.parse(stdout.text)).toEqual(JSON.parse(JSON.stringify(samplePlan)));
  });

  test('without a source', async () => {
    const { exitCode, stderr } = await docrow('plan');
    expect(exitCode).toBe(2);
    expect(stderr.text).toContain('source');
  });

  test('--help has examples', async () => {
    const { exitCode, stdout } = await docrow('plan', '--help');
    expect(exitCode).toBe(0);
    expect(stdout.text.match(/^ {2}\$ docrow plan/gm)).toHaveLength(4);
  });
});
