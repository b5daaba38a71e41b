import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { renderRunPage } from '../../../src/report/html/run-page.ts';
import { renderRunJunit } from '../../../src/report/junit/run-junit.ts';
import type { RunReport } from '../../../src/report/run-report.ts';
import { startBrowserOrSkip, type TestBrowser } from '../../support/browser.ts';
import { hostileText, makeReport, sampleFacts } from '../../support/sample-run.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let started: TestBrowser | undefined;
beforeAll(async () => {
  started = await startBrowserOrSkip();
});
afterAll(() => started?.stop());

/** A page with everything in it, values shown: the worst case. */
const worst = makeReport({}, true);
const clean = makeReport({
  rejections: [],
  totals: { ...sampleFacts.totals, rejected: 0 },
  validation: { ...sampleFacts.validation!, verdict: 'match', differences: [] },
});

interface OpenPage {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly address: string;
}

/** Opens a report from a file, as a person does. */
async function open(report: RunReport, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const folder = temporaryFolder();
  const file = join(folder, 'report.html');
  writeFileSync(file, renderRunPage(report));
  const context = await started!.browser.newContext(options);
  onTestFinished(() => context.close());
  const requests: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  const page = await context.newPage();
  const address = pathToFileURL(file).href;
  await page.goto(address);
  return { page, requests, address };
}

beforeEach(({ skip }) => {
  if (started === undefined) skip();
});

/** A server that counts who comes. */
async function countVisits(): Promise<{ readonly origin: string; readonly visits: () => number }> {
  let visits = 0;
  const server = createServer((_request, response) => {
    visits++;
    response.end();
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, visits: () => visits };
}

const phone = { viewport: { width: 360, height: 740 } };

describe('accessibility', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, report] of [['differences', worst] as const, ['a clean run', clean] as const]) {
      for (const [width, size] of [['wide', {}] as const, ['a phone', phone] as const]) {
        test(`axe finds nothing: ${name}, ${colorScheme}, ${width}`, async () => {
          const { page } = await open(report, { colorScheme, ...size });
          await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
          await page.evaluate(axe.source);
          const found = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as {
            violations: readonly { id: string; nodes: readonly { html: string }[] }[];
            passes: readonly unknown[];
          };
          expect(found.passes.length).toBeGreaterThan(10);
          expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
        });
      }
    }
  }

  test('axe would find something', async () => {
    const { page } = await open(worst);
    await page.evaluate('document.body.insertAdjacentHTML("beforeend", "<img>")');
    await page.evaluate(axe.source);
    const found = (await page.evaluate('axe.run(document)')) as { violations: readonly { id: string }[] };
    expect(found.violations.map(({ id }) => id)).toContain('image-alt');
  });

  test('the first Tab leads to the content, and what has the focus is seen', async () => {
    const { page } = await open(worst);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('To the content');
    expect(await page.evaluate('document.activeElement.getBoundingClientRect().left')).toBeGreaterThanOrEqual(
      0,
    );
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
  });
});

describe('the filter', () => {
  const shown = (page: Page) =>
    page.evaluate('[...document.querySelectorAll("#difference-rows > tr")].map((row) => !row.hidden)');
  const said = (page: Page) => page.locator('#filter-count').textContent();

  test('works by keyboard alone and says how many are left', async () => {
    const { page } = await open(worst);
    expect(await said(page)).toBe('3 of 3 shown');
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate('document.activeElement.name === "text"')) break;
    }
    await page.keyboard.type('Canary VALUE');
    expect(await shown(page)).toEqual([true, false, false]);
    expect(await said(page)).toBe('1 of 3 shown');
    expect(await page.evaluate('document.getElementById("filter-count").localName')).toBe('output');
    await page.keyboard.press('Enter');
    expect(await said(page)).toBe('1 of 3 shown');
  });

  test('by collection and by kind', async () => {
    const { page } = await open(worst);
    await page.locator('select[name=collection]').selectOption('tasks');
    expect(await shown(page)).toEqual([true, true, false]);
    await page.locator('select[name=kind]').selectOption('missing-row');
    expect(await shown(page)).toEqual([false, true, false]);
    await page.locator('select[name=collection]').selectOption('users');
    expect(await said(page)).toBe('0 of 3 shown');
  });

  test('without JavaScript the table is there and the filter is not', async () => {
    const { page } = await open(worst, { javaScriptEnabled: false });
    expect(await page.locator('#difference-rows > tr').count()).toBe(3);
    expect(await page.locator('#filter').isVisible()).toBe(false);
  });
});

describe('what is in the data', () => {
  test('is text, whatever it looks like', async () => {
    const { page } = await open(worst);
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(1);
    const cell = await page.locator('#difference-rows > tr:first-child td.value').nth(1).textContent();
    expect(cell).toBe(
      hostileText.replace('\u0000', '\\u0000').replace('\u001b', '\\u001b').replace('\u202e', '\\u202e'),
    );
  });

  test('runs no script even where markup got through, and reaches no network', async () => {
    const { page, requests, address } = await open(worst);
    expect(requests).toEqual([address]);
    const { origin, visits } = await countVisits();
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend',
      '<img src="${origin}/x" onerror="window.hacked = 1"><div style="color: red" id="styled"></div>')`);
    await page.evaluate(`(() => {
      const script = document.createElement('script');
      script.textContent = 'window.hacked = 1';
      document.body.append(script);
    })()`);
    const blocked = page.evaluate(`fetch('${origin}/y').then(() => 'reached', () => 'blocked')`);
    expect(await blocked).toBe('blocked');
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(await page.evaluate('getComputedStyle(document.getElementById("styled")).color')).not.toBe(
      'rgb(255, 0, 0)',
    );
    expect(visits()).toBe(0);
  });
});

describe('on paper and on a phone', () => {
  test('print shows everything and no controls', async () => {
    const { page } = await open(worst);
    await page.locator('select[name=collection]').selectOption('users');
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('#filter').isVisible()).toBe(false);
    expect(await page.locator('nav').isVisible()).toBe(false);
    for (const row of await page.locator('#difference-rows > tr').all())
      expect(await row.isVisible()).toBe(true);
    expect(await page.locator('details:not([open])').count()).toBeGreaterThan(0);
    for (const id of ['checks-table', 'speed-1', 'steps-table']) {
      const box = await page.locator(`table:has(#${id})`).boundingBox();
      expect(box?.height, id).toBeGreaterThan(20);
    }
    const overflow = await page.evaluate('getComputedStyle(document.querySelector(".scroll")).overflowX');
    expect(overflow).toBe('visible');
  });

  test('what is folded is open while the page is printed from a browser without that style', async () => {
    const { page } = await open(worst);
    await page.evaluate('window.dispatchEvent(new Event("beforeprint"))');
    expect(await page.locator('details:not([open])').count()).toBe(0);
  });

  test('at 360 pixels tables scroll and the page does not', async () => {
    const { page } = await open(worst, phone);
    await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    const wide =
      'Array.from(document.querySelectorAll(".scroll"), (each) => each.scrollWidth > each.clientWidth)';
    expect(await page.evaluate(wide)).toContain(true);
  });
});

test('a browser reads the JUnit report as XML', async () => {
  const { page } = await open(worst);
  const xml = JSON.stringify(renderRunJunit(worst));
  const read = `(() => {
    const parsed = new DOMParser().parseFromString(${xml}, 'text/xml');
    return [parsed.querySelectorAll('parsererror').length, parsed.querySelectorAll('failure').length];
  })()`;
  expect(await page.evaluate(read)).toEqual([0, 3]);
});
