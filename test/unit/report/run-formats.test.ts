import { expect, test } from 'vitest';
import { runReportSchema } from '../../../scripts/docs/run-report-schema.ts';
import { completeReport } from '../../../src/report/complete-report.ts';
import { type ReportFormat, renderRunAs, reportFormats } from '../../../src/report/render-run.ts';
import type { RunReport } from '../../../src/report/run-report.ts';
import { elementsOf, parseXml, textOf } from '../../support/parse-xml.ts';
import { hostileText, makeReport, sampleFacts, sampleRun } from '../../support/sample-run.ts';

const shown = makeReport({}, true);

/** A run about which as little is known as can be. */
const bare: RunReport = makeReport({
  state: 'interrupted',
  finishedAt: undefined,
  attempts: [],
  collections: [],
  rejections: [],
  adjustments: [],
  retries: [],
  changedAt: undefined,
  throughput: [],
  validation: undefined,
  notes: [],
});

test.each(reportFormats)('%s: values are hidden, keys and columns are not', (format) => {
  const text = renderRunAs(format, sampleRun);
  expect(text).not.toContain('canary');
  expect(text).toContain('aaee1fe7');
  expect(text).toMatch(/12\s+characters/);
  expect(renderRunAs(format, shown)).toContain('canary value');
});

test.each(reportFormats)('%s: a run about which little is known', (format) => {
  expect(renderRunAs(format, bare)).not.toMatch(/undefined|NaN|\[object/);
});

test.each<ReportFormat>(['text', 'html', 'md', 'junit'])(
  '%s: no control or direction character',
  (format) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are looked for
    expect(renderRunAs(format, shown)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  },
);

test.each(reportFormats)('%s: passwords are hidden wherever they stand', (format) => {
  const notes = ['Loaded from mongodb://u:canary@host/db.'];
  expect(renderRunAs(format, makeReport({ notes }))).not.toContain('canary');
});

test('json: the report itself, which the published schema describes', () => {
  for (const report of [sampleRun, shown, bare]) {
    const written = JSON.parse(renderRunAs('json', report));
    // The schema passes over what it does not know, so that what it gives back is compared.
    expect(runReportSchema.parse(written)).toEqual(written);
  }
});

test('html: what is filled in is escaped', () => {
  const page = renderRunAs('html', shown);
  expect(page).not.toContain('<script>window');
  expect(page).not.toContain('<img');
  expect(page).toContain('&lt;script&gt;window.hacked = 1&lt;/script&gt;&quot;&#39;&gt;');
  expect(page.match(/<script/g)).toHaveLength(1);
  expect(page).not.toMatch(/https?:\/\//);
});

test('html: every table has a caption and headings, ids are unique', () => {
  const page = renderRunAs('html', shown);
  const tables = page.match(/<table>[\s\S]*?<\/table>/g) ?? [];
  expect(tables.length).toBeGreaterThan(8);
  for (const table of tables) expect(table).toMatch(/<caption>[\s\S]*<th scope="col"[\s\S]*<th scope="row"/);
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('html: at most a thousand differences, long values cut, all counted', () => {
  const validation = sampleFacts.validation!;
  const [first] = validation.differences;
  const long = { ...first!, expected: 'x'.repeat(100_000), actual: 'é'.repeat(50_000) };
  const differences = Array.from({ length: 2500 }, () => long);
  const page = renderRunAs('html', makeReport({ validation: { ...validation, differences } }, true));
  expect(page.match(/<tr data-collection/g)).toHaveLength(1000);
  expect(page).toContain('2,500 in all, 1,000 of them here');
  expect(page).toContain('… (100000 characters)');
  expect(page.length).toBeLessThan(1_800_000);
});

test('junit: a suite per collection, a test case per check, what differs in its failure', () => {
  const xml = parseXml(renderRunAs('junit', shown));
  expect(xml.attributes).toMatchObject({ tests: '20', failures: '3', skipped: '3', errors: '0' });
  const suites = elementsOf(xml, 'testsuite');
  expect(suites.map(({ attributes }) => attributes['name'])).toEqual(['users', 'tasks', 'dramatiq_tasks']);
  expect(elementsOf(suites[1]!, 'testcase')).toHaveLength(8);
  const failures = elementsOf(suites[1]!, 'failure');
  expect(failures).toHaveLength(2);
  const readable = hostileText
    .replace('\u0000', '\\u0000')
    .replace('\u001b', '\\u001b')
    .replace('\u202e', '\\u202e');
  expect(textOf(failures[1]!)).toContain(
    `tasks.title (id=aaee1fe7): value differs, expected ${readable}, found canary value`,
  );
});

test('junit: what XML cannot hold is written as an escape', () => {
  const [collection] = sampleFacts.collections;
  const name = 'a\u0000\u0001\ud800\uffff\n"<&]]>😀';
  const xml = parseXml(
    renderRunAs('junit', makeReport({ collections: [{ ...collection!, collection: name }] })),
  );
  expect(elementsOf(xml, 'testsuite')[0]!.attributes['name']).toBe('a\\u0000\\u0001\\ud800\\uffff\n"<&]]>😀');
});

test('md: tables keep their columns whatever is in them, and nothing is markup', () => {
  const text = renderRunAs('md', shown);
  const blocks = text
    .trim()
    .split('\n\n')
    .filter((block) => block.startsWith('|'));
  expect(blocks.length).toBeGreaterThan(6);
  for (const block of blocks) {
    const widths = block.split('\n').map((line) => line.replaceAll('\\|', '').split('|').length);
    expect(new Set(widths).size).toBe(1);
  }
  expect(text).not.toContain('<script');
  expect(text).toContain('<code>id=aaee1fe7</code>');
});

test('md: text that looks like Markdown stays text', () => {
  const notes = ['[a](https://evil.example) *b* _c_ d_e `f` <g> & www.h.example'];
  expect(renderRunAs('md', makeReport({ notes }))).toContain(
    '\\[a\\](https&#58;//evil.example) \\*b\\* \\_c\\_ d_e \\`f\\` &lt;g&gt; &amp; www&#46;h.example',
  );
});

test('text: verdict first, then what moved, what failed and what differs', () => {
  const text = renderRunAs('text', shown);
  expect(text).toMatch(/^✗ The copy differs from the source\n {2}run 2 \(3f2a9c1e/);
  expect(text).toMatch(/^tasks +700 +695 +5 +0 +tasks 695 +700 kB/m);
  expect(text).toContain('Checks 14 passed, 3 failed, 3 not settled');
  expect(text).toMatch(/^users +value differs +id=7 +born +1\.10 +NULL$/m);
});

test('values shown are exact, also where they look like passwords', () => {
  const validation = sampleFacts.validation!;
  const uri = 'postgres://u:secret@h/db';
  const differences = [{ ...validation.differences[0]!, expected: uri }];
  const report = completeReport(
    { ...sampleFacts, validation: { ...validation, differences } },
    { version: '0.1.0', madeAt: sampleRun.madeAt, showValues: true },
  );
  expect(report.validation?.differences[0]?.expected).toBe(uri);
});
