import { expect, test } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';
import { createMemoryTerminal } from './memory-terminal.ts';
import { MemoryUseCases } from './memory-use-cases.ts';

const docrow = async (line: string) => {
  const terminal = createMemoryTerminal(['repair', ...line.split(' ')]);
  const useCases = new MemoryUseCases();
  return { ...terminal, useCases, exitCode: await runCli(terminal, useCases) };
};
const ends = '--source dump --target embedded:';

test('lists unless it is told to apply, and then asks', async () => {
  const { useCases, exitCode, stdout } = await docrow(ends);
  expect(exitCode).toBe(0);
  expect(useCases.calls[0]).toMatchObject({ useCase: 'repair', argument: { apply: false } });
  expect(stdout.text).toContain('✓ Nothing to repair');
  const unconfirmed = await docrow(`${ends} --apply`);
  expect(unconfirmed.exitCode).toBe(2);
  expect(unconfirmed.useCases.calls).toEqual([]);
});

test('hands on what to apply', async () => {
  const { useCases } = await docrow(`${ends} --apply --yes --limit 5 --only tasks`);
  expect(useCases.calls[0]).toMatchObject({
    useCase: 'repair',
    argument: { apply: true, limit: 5 },
    settings: { only: ['tasks'] },
  });
  expect((await docrow(`${ends} --limit 0`)).exitCode).toBe(2);
});
