import { describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';
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
