import { expect, test } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';
import { createMemoryTerminal } from './memory-terminal.ts';
import { MemoryUseCases } from './memory-use-cases.ts';

const docrow = async (line: string) => {
  const terminal = createMemoryTerminal(['rejects', 'retry', ...line.split(' ')]);
  const useCases = new MemoryUseCases();
  return { ...terminal, useCases, exitCode: await runCli(terminal, useCases) };
};

test('hands on which rejections go again, and needs no source', async () => {
  const line = '--target embedded: --collection users --code value-mismatch --max-rejects 3';
  const { useCases, exitCode, stdout } = await docrow(line);
  expect(exitCode).toBe(0);
  expect(useCases.calls[0]).toMatchObject({
    useCase: 'rejectsRetry',
    argument: { collection: 'users', code: 'value-mismatch' },
    settings: { maxRejects: 3 },
  });
  expect(stdout.text).toBe('✓ Nothing to retry: no document is set aside\n');
});

test('refuses a code that sets nothing aside', async () => {
  const { exitCode, stderr } = await docrow('--target embedded: --code reference-mising');
  expect(exitCode).toBe(2);
  expect(stderr.text).toContain('Did you mean reference-missing?');
});

test('--help says what goes again, with examples', async () => {
  const { stdout } = await docrow('--help');
  expect(stdout.text.replace(/\s+/g, ' ')).toContain('the bytes that are kept in docrow.rejection');
  expect(stdout.text.match(/^ {2}\$ docrow rejects retry/gm)).toHaveLength(3);
});
