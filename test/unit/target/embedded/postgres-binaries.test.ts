import { chmodSync, cpSync, lstatSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findPostgresBinaries } from '../../../../src/target/embedded/postgres-binaries.ts';
import { chooseServerAccount } from '../../../../src/target/embedded/server-account.ts';

const account = chooseServerAccount('');
let base: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'docrow-programs-'));
  chmodSync(base, 0o755);
});

afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

/** The installed package as npm unpacks it, before its install script ran. */
function unpackedPackage(): string {
  const { postgres } = findPostgresBinaries(account, base);
  const installed = dirname(dirname(dirname(postgres)));
  const copy = join(base, 'package');
  cpSync(installed, copy, { recursive: true, filter: (source) => !lstatSync(source).isSymbolicLink() });
  return copy;
}

test('restores the library links that npm leaves out when install scripts are off', () => {
  const packageFolder = unpackedPackage();
  const found = findPostgresBinaries(account, join(base, 'private'), packageFolder);
  expect(found.initdb.startsWith(packageFolder)).toBe(true);
  expect(found.version).toMatch(/^\d+\.\d+$/);
  expect(found.notice).toBeUndefined();
});

test.runIf(account !== undefined)('copies the programs where the user of the server can run them', () => {
  const packageFolder = unpackedPackage();
  chmodSync(base, 0o700);
  const open = mkdtempSync(join(tmpdir(), 'docrow-private-'));
  chmodSync(open, 0o755);
  try {
    const first = findPostgresBinaries(account, open, packageFolder);
    expect(first.postgres.startsWith(open)).toBe(true);
    expect(first.notice).toContain(open);
    expect(findPostgresBinaries(account, open, packageFolder)).toEqual(first);
  } finally {
    rmSync(open, { recursive: true, force: true });
  }
});

test('says what to do when the programs do not run', () => {
  const packageFolder = unpackedPackage();
  rmSync(join(packageFolder, 'native', 'lib'), { recursive: true });
  expect(() => findPostgresBinaries(account, join(base, 'private'), packageFolder)).toThrow(
    expect.objectContaining({ code: 'embedded-unavailable' }),
  );
});
