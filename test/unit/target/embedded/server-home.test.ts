import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createServerHome,
  locateServerHome,
  rememberedPort,
  rememberHome,
} from '../../../../src/target/embedded/server-home.ts';

let base: string;
let requested: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'docrow-home-'));
  requested = join(base, 'project', 'postgres');
});

afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

test('is the requested folder when nothing stands against it', () => {
  const home = createServerHome(requested, undefined, join(base, 'private'));
  expect(home).toEqual({
    requested,
    folder: requested,
    data: join(requested, 'data'),
    log: join(requested, 'server.log'),
  });
  expect(existsSync(requested)).toBe(true);
});

test('is found again where it was put, with its port', () => {
  mkdirSync(requested, { recursive: true });
  rememberHome({ ...locateServerHome(requested), folder: join(base, 'elsewhere') }, 54_321);
  expect(locateServerHome(requested).data).toBe(join(base, 'elsewhere', 'data'));
  expect(rememberedPort(requested)).toBe(54_321);
});

test('a copy of a project does not use the data of the project it was copied from', () => {
  mkdirSync(requested, { recursive: true });
  rememberHome({ ...locateServerHome(requested), folder: join(base, 'elsewhere') }, 54_321);
  const copy = join(base, 'copy');
  cpSync(requested, copy, { recursive: true });
  expect(locateServerHome(copy).folder).toBe(copy);
  expect(rememberedPort(copy)).toBeUndefined();
});
