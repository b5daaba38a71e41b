import { dirname, join, resolve } from 'node:path';
import { DocrowError } from '../errors/docrow-error.ts';
import type { Problem } from '../errors/problem.ts';
import { type ConfigFile, readConfigFile } from './config-file.ts';
import { isUri } from './connection-values.ts';
import { type Environment, expandVariables } from './expand-variables.ts';
import { refuseSecrets } from './refuse-secrets.ts';
import type { CommandName } from './setting.ts';
import {
  definitionOf,
  flagOf,
  isSettingOf,
  type SettingName,
  type Settings,
  settingNames,
} from './settings.ts';

/** A value as somebody wrote it, and where. */
interface Written {
  readonly value: unknown;
  /** How the setting is called there: `--workers`, `DOCROW_WORKERS`, `workers`. */
  readonly called: string;
  readonly location: string | undefined;
  /** Where a relative path starts. */
  readonly folder: string;
}

/**
 * The settings of a command: flags, then environment variables, then docrow.yaml, then defaults.
 *
 * @param argvOptions what was given on the command line, by setting name; nothing that was not given
 * @throws DocrowError `settings-invalid` with every problem at once; `secret-in-arguments`
 */
export const loadSettings = async (
  command: CommandName,
  argvOptions: Readonly<Record<string, unknown>>,
  env: Environment,
  cwd: string,
): Promise<Settings> => {
  refuseSecrets(argvOptions);
  const problems: Problem[] = [];
  const outside = (name: SettingName): Written | undefined =>
    fromFlag(name, argvOptions, cwd) ?? fromEnvironment(name, env, cwd);
  const check = (name: SettingName, written: Written | undefined): unknown =>
    written === undefined ? defaultOf(name, cwd) : checked(name, written, problems);

  const dir = check('dir', outside('dir')) as string;
  const named = check('config', outside('config')) as string;
  const config = named === '' ? join(dir, 'docrow.yaml') : named;
  const file: ConfigFile = isSettingOf('config', command)
    ? await readConfigFile(config, cwd, named !== '')
    : { entries: new Map(), problems: [], readable: true };
  problems.push(...file.problems);

  const settings: Partial<Record<SettingName, unknown>> = { dir, config };
  for (const name of settingNames) {
    if (name in settings) continue;
    const applies = isSettingOf(name, command);
    const written = applies ? (outside(name) ?? fromFile(name, file, config, env, problems)) : undefined;
    settings[name] = check(name, written);
    const isMissing = written === undefined && file.readable && !file.entries.has(name);
    if (isMissing && definitionOf(name).requiredBy?.includes(command)) {
      settings[name] = withoutValue(name, env, problems);
    }
  }
  if (problems.length > 0) throw DocrowError.fromProblems('settings-invalid', problems);
  return settings as unknown as Settings;
};

const fromFlag = (
  name: SettingName,
  argvOptions: Readonly<Record<string, unknown>>,
  cwd: string,
): Written | undefined => {
  const value = argvOptions[name];
  return value === undefined ? undefined : { value, called: flagOf(name), location: undefined, folder: cwd };
};

const fromEnvironment = (name: SettingName, env: Environment, cwd: string): Written | undefined => {
  const called = definitionOf(name).env.find((variable) => env[variable]);
  return called === undefined
    ? undefined
    : { value: env[called], called, location: 'environment', folder: cwd };
};

const fromFile = (
  name: SettingName,
  file: ConfigFile,
  path: string,
  env: Environment,
  problems: Problem[],
): Written | undefined => {
  const entry = file.entries.get(name);
  if (entry === undefined) return undefined;
  const { location } = entry;
  const expand = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(expand);
    if (typeof value !== 'string') return value;
    const expanded = expandVariables(value, env);
    if ('text' in expanded) return expanded.text;
    for (const variable of expanded.missing) {
      problems.push({ message: `The environment variable ${variable} is not set`, location });
    }
    return undefined;
  };
  const value = expand(entry.value);
  return value === undefined ? undefined : { value, called: name, location, folder: dirname(path) };
};

const defaultOf = (name: SettingName, cwd: string): unknown =>
  name === 'dir' ? resolve(cwd, '.') : definitionOf(name).default;

const checked = (name: SettingName, written: Written, problems: Problem[]): unknown => {
  const { schema, secret, isPath } = definitionOf(name);
  const result = schema.safeParse(written.value);
  if (!result.success) {
    const given =
      secret || typeof written.value === 'object' ? '' : `; it is ${JSON.stringify(written.value)}`;
    const message = `${written.called} ${result.error.issues[0]?.message}${given}`;
    problems.push({ message, location: written.location });
    return definitionOf(name).default;
  }
  const { data } = result;
  return isPath && typeof data === 'string' && !isUri(data) ? resolve(written.folder, data) : data;
};

/** A required setting that was given nowhere. A target may also come from the variables that libpq knows. */
const withoutValue = (name: SettingName, env: Environment, problems: Problem[]): unknown => {
  if (name === 'target' && ['PGHOST', 'PGPORT', 'PGDATABASE', 'PGUSER'].some((variable) => env[variable])) {
    return 'postgres://';
  }
  const { env: variables, help } = definitionOf(name);
  const message = `No ${name} is given: say ${flagOf(name)}, set ${variables.join(' or ')}, or write ${name}: in docrow.yaml (${help})`;
  problems.push({ message });
  return definitionOf(name).default;
};
