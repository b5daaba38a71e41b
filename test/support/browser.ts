import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import chromiumPackage from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';
import { inspectProcess } from '../../src/target/embedded/process-inspection.ts';

export interface TestBrowser {
  readonly browser: Browser;
  stop(): Promise<void>;
}

const folderPrefix = 'docrow-test-browser-';

/**
 * Starts the Chromium of an npm package, unpacked into a folder of this process. Undefined after one loud line where it
 * cannot run; in CI the tests fail instead.
 */
export async function startBrowserOrSkip(): Promise<TestBrowser | undefined> {
  removeLeftovers();
  const folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  // The package unpacks into the folder for temporary files, where another user's copy may be in the way.
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    const executablePath = await chromiumPackage.executablePath();
    // In one process the browser ends with its first window.
    const args = chromiumPackage.args.filter((arg) => arg !== '--single-process');
    const browser = await chromium.launch({ executablePath, args });
    return {
      browser,
      stop: async () => {
        await browser.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    if (process.env['CI']) throw error;
    console.error(`SKIPPED: no browser could be started, its tests did not run: ${error}`);
    return undefined;
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

/** A test process that was killed leaves its browser's files behind. */
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = new RegExp(`^${folderPrefix}(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || inspectProcess(Number(owner)) !== undefined) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true, maxRetries: 5 });
    } catch {
      // Another user's leftovers are that user's to remove.
    }
  }
}
