import { describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';
import { sampleRun } from '../../support/sample-run.ts';
import { createMemoryTerminal } from './memory-terminal.ts';
import { MemoryUseCases } from './memory-use-cases.ts';

const docrow = async (...line: readonly string[]) => {
  const terminal = createMemoryTerminal(['report', ...line, '--target', 'postgres://h/db']);
  const useCases = new MemoryUseCases();
  return { ...terminal, useCases, exitCode: await runCli(terminal, useCases) };
};

describe('docrow report', () => {
  test('prints the newest run as text', async () => {
    const { exitCode, stdout, useCases } = await docrow();
    expect(exitCode).toBe(0);
    expect(stdout.text).toMatch(/^✗ The copy differs from the source\n/);
    expect(useCases.calls).toMatchObject([{ useCase: 'report', argument: undefined }]);
  });

  test('another run, another format', async () => {
    const { stdout, useCases } = await docrow('--run', '2', '--format', 'junit');
    expect(stdout.text).toMatch(/^<\?xml /);
    expect(useCases.calls[0]).toMatchObject({ argument: '2' });
  });

  test('--json prints the report, and no other format', async () => {
    const { stdout } = await docrow('--json');
    expect(JSON.parse(stdout.text)).toEqual(JSON.parse(JSON.stringify(sampleRun)));
    const other = await docrow('--json', '--format', 'html');
    expect(other.exitCode).toBe(2);
    expect(JSON.parse(other.stdout.text).errors[0].message).toContain('--out');
  });

  test.each([
    ['r.html', '<!doctype html>'],
    ['r.md', '# '],
    ['r.json', '{\n'],
    ['r.xml', '<?xml'],
    ['r', '✗ '],
  ])('--out %s chooses the format by its ending', async (file, start) => {
    const { exitCode, stdout, useCases } = await docrow('--out', file);
    expect(exitCode).toBe(0);
    expect(stdout.text).toBe(`✓ Report of run 2 written to ${file}\n`);
    const written = useCases.calls[1]?.argument as { file: string; text: string };
    expect(written.file).toBe(`/nowhere/${file}`);
    expect(written.text.startsWith(start)).toBe(true);
  });

  test('--format wins over the ending; --json says where it is', async () => {
    const { stdout, useCases } = await docrow('--out', 'r.txt', '--format', 'html', '--json');
    expect(JSON.parse(stdout.text)).toMatchObject({
      command: 'report',
      file: '/nowhere/r.txt',
      format: 'html',
    });
    expect(useCases.calls[1]).toMatchObject({ argument: { text: expect.stringMatching(/^<!doctype/) } });
  });

  test('--list', async () => {
    const { exitCode, useCases } = await docrow('--list');
    expect(exitCode).toBe(0);
    expect(useCases.calls[0]?.useCase).toBe('reportList');
  });

  test('an unknown format', async () => {
    expect((await docrow('--format', 'pdf')).exitCode).toBe(2);
  });

  test('--help has examples', async () => {
    const { exitCode, stdout } = await docrow('--help');
    expect(exitCode).toBe(0);
    expect(stdout.text.match(/^ {2}\$ docrow report/gm)).toHaveLength(4);
  });
});

test('docrow demo names the page that it wrote', async () => {
  const terminal = createMemoryTerminal(['demo']);
  const useCases = new MemoryUseCases();
  const demo = useCases.demo;
  useCases.demo = async (settings, control) => ({
    ...(await demo(settings, control)),
    reportFile: '/demo/.docrow/report.html',
  });
  await runCli(terminal, useCases);
  expect(terminal.stdout.text).toContain('The report, for a browser: /demo/.docrow/report.html\n');
});
