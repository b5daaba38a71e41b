import { expect, test } from 'vitest';
import { bar } from '../../../src/report/html/bar.ts';
import { html } from '../../../src/report/html/html.ts';

test('what is filled in is escaped, what html made is not', () => {
  const inner = html`<b>${'<i>'}</b>`;
  expect(html`<p title="${`"'&`}">${inner}${[inner, 'x']}</p>`.markup).toBe(
    '<p title="&quot;&#39;&amp;"><b>&lt;i&gt;</b><b>&lt;i&gt;</b>x</p>',
  );
});

test('nothing is written for false and undefined; zero is a number', () => {
  expect(html`${false}${undefined}${0}${''}`.markup).toBe('0');
});

test('an object that only looks like markup is no way around', () => {
  const fromJson = JSON.parse('"<img>"') as string;
  expect(html`${fromJson}`.markup).toBe('&lt;img&gt;');
});

test('a bar shows one of a million, and is no longer than the whole', () => {
  const { markup } = bar(
    [
      { kind: 'loaded', amount: 999_999 },
      { kind: 'rejected', amount: 1 },
    ],
    1_000_000,
  );
  const widths = [...markup.matchAll(/ width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths).toEqual([992, 8]);
});

test('a bar of nothing is empty', () => {
  expect(bar([{ kind: 'loaded', amount: 0 }], 0).markup).not.toContain('<rect');
});
