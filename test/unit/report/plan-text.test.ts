import { describe, expect, test } from 'vitest';
import { lossKinds } from '../../../src/losses/loss-kind.ts';
import type { PlanReport } from '../../../src/report/plan-report.ts';
import { renderPlan } from '../../../src/report/text/plan-text.ts';
import { createStyle } from '../../../src/report/text/style.ts';
import { samplePlan } from '../cli/sample-plan.ts';

const render = (more: Partial<PlanReport> = {}, ddl = false): string =>
  renderPlan(createStyle(false, 120), { ...samplePlan, ...more }, { ddl, next: [] });

describe('the text of a plan', () => {
  test('begins with the verdict and what it is about', () => {
    expect(render().split('\n').slice(0, 2)).toEqual([
      '✓ Ready, with losses declared',
      '  1,000 documents · 3,490 rows · 1.2 MB · about 1 min 15 s',
    ]);
    const text = render({
      verdict: 'not ready',
      reasons: ['A run works on the target at this moment', 'More X'],
    });
    expect(text).toMatch(/^✗ Not ready: a run works on the target at this moment; more X\n/);
  });

  test('has every part', () => {
    const text = render();
    for (const part of [
      /tasks +1,000 +990 +8 +2 +1\.2 MB +tasks 990/,
      /task_prompts 2,500/,
      /priority +The value is not an integer/,
      /meta +key-order +700 +the order of keys/,
      /alter table "public"\."tasks" add column "color" text;/,
      /in the mapping: color: \{ from: color, type: text \}/,
      /Documents that share email/,
      /Time {2}about 1 min 15 s: 1 min 00 s to load with 2 workers/,
      /Disk {2}about 2\.5 MB/,
      /tasks, task_prompts: will be made/,
      /grant create on database "shop" to "loader";/,
      /Change history reaches back 2 min 00 s\n! The load takes/,
      /! The connection is not encrypted/,
    ]) {
      expect(text).toMatch(part);
    }
    expect(text).not.toContain('create table');
    expect(render({}, true)).toContain('create table');
  });

  test('leaves out what is empty', () => {
    const text = render({ collections: [], privileges: [], tables: [], notes: [] });
    for (const title of ['Set aside', 'Declared losses', 'New fields', 'Tables', 'Privileges', 'Seen only']) {
      expect(text).not.toContain(title);
    }
  });

  test('a sample says that its counts are projected', () => {
    const text = render({ isSample: true });
    expect(text).toContain('about 1,000 documents');
    expect(text).toContain('Looked at');
    expect(text).toContain('projected');
  });

  test('control characters of names do not reach the terminal', () => {
    const [collection] = samplePlan.collections;
    const loss = { path: 'a\u001b[2J', kind: 'unmapped', documents: 1 };
    expect(render({ collections: [{ ...collection!, declaredLosses: [loss] }] })).not.toContain('\u001b');
  });

  test.each(lossKinds)('the kind %s has words', (kind) => {
    const [collection] = samplePlan.collections;
    const declaredLosses = [{ path: 'p', kind, documents: 1 }];
    const line = render({ collections: [{ ...collection!, declaredLosses }] })
      .split('\n')
      .find((one) => new RegExp(`p +${kind} `).test(one));
    expect(line).toMatch(new RegExp(`${kind} +1 {2}\\S.+`));
  });

  test('losses: those of most documents first, and some of each collection', () => {
    const [sample] = samplePlan.collections;
    const collections = ['small', 'large'].map((collection, at) => ({
      ...sample!,
      collection,
      declaredLosses: Array.from({ length: 15 }, (_, n) => ({
        path: n === 14 ? '*' : n === 13 ? 'm.*' : `f${n}`,
        kind: 'number-type',
        documents: 100 * at + n + 1,
      })),
    }));
    const text = render({ collections });
    const listed = text
      .split('\n')
      .flatMap((line) => /^(small|large) +(\S.*?) +number-type/.exec(line)?.slice(1, 3).join(' ') ?? []);
    expect(listed.slice(0, 3)).toEqual(['large (other fields)', 'large m.*', 'large f12']);
    expect(listed[12]).toBe('small (other fields)');
    expect(listed).toHaveLength(24);
    expect(text).toContain('… and 3 more of small, 3 more of large (--json has all)');
    expect(text).toContain('* stands for keys that are data');
    expect(text).toContain('(other fields): those beyond');
  });
});
