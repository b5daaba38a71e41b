import type { z } from 'zod';

/** The commands that take settings. Subcommands (`rejects list`) share those of their command. */
export const commandNames = [
  'inspect',
  'init',
  'plan',
  'migrate',
  'sync',
  'cutover',
  'schema',
  'status',
  'validate',
  'repair',
  'report',
  'rejects',
  'rejects retry',
  'demo',
  'postgres',
] as const;
export type CommandName = (typeof commandNames)[number];

/** Headings of `--help` and of the settings page, in this order. */
export const settingGroups = ['From and to', 'What the run does', 'Output', 'Advanced'] as const;
export type SettingGroup = (typeof settingGroups)[number];

/** One line of the settings table: everything that is known about one setting. */
export interface SettingDefinition<T = unknown> {
  readonly group: SettingGroup;
  /**
   * Takes the text of a flag or environment variable, or the value of a YAML node. Its message ends a sentence
   * that begins with the setting's name: "must be …".
   */
  readonly schema: z.ZodType<T>;
  readonly default: T;
  /** How the default reads where the value alone does not say it. */
  readonly defaultText?: string;
  /** Commander's form. Its long name in camelCase is the setting's name, without `no`. */
  readonly flag: string;
  /** Environment variables, the first that is set wins. */
  readonly env: readonly string[];
  /** Whether it may stand in docrow.yaml. */
  readonly inFile: boolean;
  readonly help: string;
  readonly commands: readonly CommandName[];
  /** Commands that cannot do without it. */
  readonly requiredBy?: readonly CommandName[];
  /** May hold a password: a wrong value is not repeated in messages. */
  readonly secret?: boolean;
  /** Left out of `--help`, listed in docs/settings.md. */
  readonly hidden?: boolean;
  /** The value is a path (unless it is a URI), relative to the file or folder where it was written. */
  readonly isPath?: boolean;
}
