import { describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';
import { createMemoryTerminal } from './memory-terminal.ts';
import { MemoryUseCases } from './memory-use-cases.ts';

const docrow = async (...line: readonly string[]) => {
  const terminal = createMemoryTerminal([...line]);
  const useCases = new MemoryUseCases();
  return { ...terminal, useCases, exitCode: await runCli(terminal, useCases) };
};

describe('docrow inspect', () => {
  test('needs a source and nothing else', async () => {
    const { exitCode, useCases, stdout, stderr } = await docrow(
      'inspect',
      '--source',
      'dump',
      '--only',
      'a,b',
    );
    expect(exitCode).toBe(0);
    expect(useCases.calls[0]).toMatchObject({ useCase: 'inspect', argument: { sample: undefined } });
    expect(useCases.calls[0]?.settings.only).toEqual(['a', 'b']);
    expect(stdout.text).toBe('Database shop: 0 collections, 0 documents, 0 B\n');
    expect(stderr.text).toMatch(/^tasks: 0 documents read in/);
  });

  test('--sample', async () => {
    const { useCases } = await docrow('inspect', '--source', 'dump', '--sample', '500');
    expect(useCases.calls[0]?.argument).toEqual({ sample: 500 });
    const { exitCode, stderr } = await docrow('inspect', '--source', 'dump', '--sample', '0');
    expect(exitCode).toBe(2);
    expect(stderr.text).toContain('--sample');
  });

  test('--json prints one object', async () => {
    const { stdout } = await docrow('inspect', '--source', 'dump', '--json');
    expect(JSON.parse(stdout.text)).toMatchObject({
      command: 'inspect',
      exitCode: 0,
      source: { kind: 'dump', database: 'shop' },
      collections: [],
      errors: [],
    });
  });

  test('without a source', async () => {
    const { exitCode, stderr } = await docrow('inspect');
    expect(exitCode).toBe(2);
    expect(stderr.text).toContain('source');
  });

  test('--help has examples', async () => {
    const { exitCode, stdout } = await docrow('inspect', '--help');
    expect(exitCode).toBe(0);
    expect(stdout.text.match(/^ {2}\$ docrow inspect/gm)).toHaveLength(4);
  });
});
