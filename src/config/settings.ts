// Longer than 300 lines because it is the one table of all settings.
import { schemaValue, sourceValue, targetValue } from './connection-values.ts';
import { type CommandName, commandNames, type SettingDefinition } from './setting.ts';
import {
  byteSize,
  choice,
  nameList,
  optional,
  switchValue,
  text,
  wholeNumber,
  wholeNumberOr,
} from './setting-values.ts';

const setting = <T>(definition: SettingDefinition<T>): SettingDefinition<T> => definition;

const withProject: readonly CommandName[] = [
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
];
/** Those that look for a settings file. */
const withFile: readonly CommandName[] = ['inspect', 'init', ...withProject];
const loading: readonly CommandName[] = ['migrate', 'demo'];
/** Those that read documents of the source. */
const reading: readonly CommandName[] = [
  'inspect',
  'init',
  'plan',
  'migrate',
  'sync',
  'cutover',
  'validate',
  'repair',
];

/**
 * The one table of settings. Commander's options, environment variables, keys of docrow.yaml, `--help` and
 * docs/settings.md are made from it.
 */
export const settingsTable = {
  source: setting({
    group: 'From and to',
    schema: sourceValue(),
    default: '',
    flag: '--source <uri|path>',
    env: ['DOCROW_SOURCE', 'MONGODB_URI'],
    inFile: true,
    help: 'A MongoDB URI, or the path of a dump (folder, archive, .bson) or export (.json, .jsonl), gzipped or not',
    commands: reading,
    requiredBy: reading,
    secret: true,
    isPath: true,
  }),
  target: setting({
    group: 'From and to',
    schema: targetValue(),
    default: '',
    flag: '--target <uri>',
    env: ['DOCROW_TARGET', 'DATABASE_URL'],
    inFile: true,
    help: 'A postgres:// URI, or embedded: for a PostgreSQL that docrow starts in the project folder',
    commands: withProject,
    requiredBy: [
      'migrate',
      'sync',
      'cutover',
      'status',
      'validate',
      'repair',
      'report',
      'rejects',
      'rejects retry',
    ],
    defaultText: 'the PG* variables, where they are set',
    secret: true,
  }),
  database: setting({
    group: 'From and to',
    schema: optional(text('the name of a database')),
    default: undefined,
    flag: '--database <name>',
    env: ['DOCROW_DATABASE'],
    inFile: true,
    help: 'The MongoDB database, where the source holds several',
    commands: reading,
  }),
  schema: setting({
    group: 'From and to',
    schema: schemaValue(),
    default: 'public',
    flag: '--schema <name>',
    env: ['DOCROW_SCHEMA'],
    inFile: true,
    help: 'The PostgreSQL schema that the tables are in',
    commands: withProject,
  }),
  dir: setting({
    group: 'From and to',
    schema: text('a folder'),
    default: '.',
    flag: '--dir <folder>',
    env: ['DOCROW_DIR'],
    inFile: false,
    help: 'The project folder, with docrow.yaml, mappings/ and transforms/',
    commands: commandNames,
    isPath: true,
  }),
  config: setting({
    group: 'From and to',
    schema: text('a file'),
    default: '',
    defaultText: 'docrow.yaml in the project folder',
    flag: '--config <file>',
    env: ['DOCROW_CONFIG'],
    inFile: false,
    help: 'The settings file',
    commands: withFile,
    isPath: true,
  }),
  only: setting({
    group: 'What the run does',
    schema: optional(nameList()),
    default: undefined,
    defaultText: 'all, or all that have a mapping',
    flag: '--only <a,b>',
    env: ['DOCROW_ONLY'],
    inFile: true,
    help: 'These collections and no others',
    commands: ['inspect', 'init', 'plan', 'migrate', 'sync', 'schema', 'status', 'validate', 'repair'],
  }),
  sample: setting({
    group: 'What the run does',
    schema: optional(wholeNumber(1)),
    default: undefined,
    defaultText: 'all documents',
    flag: '--sample <n>',
    env: ['DOCROW_SAMPLE'],
    inFile: false,
    help: 'Look at so many documents of each collection, from several places where the source allows it',
    commands: ['inspect', 'init', 'plan'],
  }),
  fresh: setting({
    group: 'What the run does',
    schema: switchValue(),
    default: false,
    flag: '--fresh',
    env: [],
    inFile: false,
    help: 'Start over: drop the tables that docrow created, and its checkpoints',
    commands: loading,
  }),
  workers: setting({
    group: 'What the run does',
    schema: wholeNumberOr('auto', 1, 256),
    default: 'auto' as const,
    flag: '--workers <n|auto>',
    env: ['DOCROW_WORKERS'],
    inFile: true,
    help: 'Threads that read at the same time, and load or hash what they read',
    commands: ['plan', ...loading, 'sync', 'cutover', 'validate'],
  }),
  maxRejects: setting({
    group: 'What the run does',
    schema: wholeNumber(0),
    default: 0,
    flag: '--max-rejects <n>',
    env: ['DOCROW_MAX_REJECTS'],
    inFile: true,
    help: 'Documents that may be set aside before the exit code is 6; it stops nothing',
    commands: ['plan', 'migrate', 'sync', 'cutover', 'rejects retry'],
  }),
  validate: setting({
    group: 'What the run does',
    schema: switchValue(),
    default: true,
    flag: '--no-validate',
    env: ['DOCROW_VALIDATE'],
    inFile: true,
    help: 'Do not compare both sides at the end',
    commands: ['migrate'],
  }),
  onExisting: setting({
    group: 'What the run does',
    schema: choice(['stop', 'append']),
    default: 'stop' as const,
    flag: '--on-existing <stop|append>',
    env: ['DOCROW_ON_EXISTING'],
    inFile: true,
    help: 'What to do when a target table already holds rows that this run did not write: append adds this source, such as a newer dump, in a run of its own, changes no row, and sets aside documents whose key is there already',
    commands: ['plan', 'migrate'],
  }),
  level: setting({
    group: 'What the run does',
    schema: choice(['counts', 'digests', 'rows', 'documents']),
    default: 'digests' as const,
    flag: '--level <counts|digests|rows|documents>',
    env: ['DOCROW_LEVEL'],
    inFile: true,
    help: 'How closely both sides are compared: how many there are; hashes of all rows, then the rows that differ; all rows, by another path than the one that wrote them; documents made again from their rows',
    commands: ['migrate', 'validate'],
  }),
  yes: setting({
    group: 'What the run does',
    schema: switchValue(),
    default: false,
    flag: '--yes',
    env: ['DOCROW_YES'],
    inFile: false,
    help: 'Answer yes to every question',
    commands: [...loading, 'sync', 'cutover', 'repair'],
  }),
  json: setting({
    group: 'Output',
    schema: switchValue(),
    default: false,
    flag: '--json',
    env: ['DOCROW_JSON'],
    inFile: true,
    help: 'Print one JSON object on stdout at the end; everything else goes to stderr',
    commands: commandNames,
  }),
  progress: setting({
    group: 'Output',
    schema: choice(['auto', 'plain', 'json', 'none']),
    default: 'auto' as const,
    flag: '--progress <auto|plain|json|none>',
    env: ['DOCROW_PROGRESS'],
    inFile: true,
    help: 'Bars on a terminal and lines elsewhere, lines, JSON lines, or nothing; on stderr',
    commands: [
      'inspect',
      'init',
      'plan',
      ...loading,
      'sync',
      'cutover',
      'validate',
      'repair',
      'rejects retry',
    ],
  }),
  logLevel: setting({
    group: 'Output',
    schema: choice(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    default: 'warn' as const,
    flag: '--log-level <level>',
    env: ['DOCROW_LOG_LEVEL'],
    inFile: true,
    help: 'trace, debug, info, warn, error or silent; JSON lines on stderr',
    commands: commandNames,
  }),
  color: setting({
    group: 'Output',
    schema: switchValue(),
    default: true,
    defaultText: 'colors on a terminal, unless NO_COLOR is set',
    flag: '--no-color',
    env: ['DOCROW_COLOR'],
    inFile: true,
    help: 'Print no colors',
    commands: commandNames,
  }),
  showValues: setting({
    group: 'Output',
    schema: switchValue(),
    default: false,
    flag: '--show-values',
    env: ['DOCROW_SHOW_VALUES'],
    inFile: false,
    help: 'Show values of documents, which are masked otherwise',
    commands: ['validate', 'report', 'rejects'],
  }),
  insecureArgv: setting({
    group: 'Advanced',
    schema: switchValue(),
    default: false,
    flag: '--insecure-argv',
    env: [],
    inFile: false,
    help: 'Accept a password on the command line, where every user of the machine can read it',
    commands: withFile,
  }),
  chunkDocuments: setting({
    group: 'Advanced',
    schema: wholeNumber(1, 10_000_000),
    default: 200_000,
    flag: '--chunk-documents <n>',
    env: ['DOCROW_CHUNK_DOCUMENTS'],
    inFile: true,
    help: 'Documents that are committed together, at most',
    commands: loading,
    hidden: true,
  }),
  chunkBytes: setting({
    group: 'Advanced',
    schema: byteSize(1, 2 ** 30),
    default: 32 * 2 ** 20,
    defaultText: '32MiB',
    flag: '--chunk-bytes <size>',
    env: ['DOCROW_CHUNK_BYTES'],
    inFile: true,
    help: 'BSON bytes that are committed together, at most (a single document may be larger)',
    commands: loading,
    hidden: true,
  }),
};

export type SettingName = keyof typeof settingsTable;

/**
 * What a command gets. A setting that the command does not take has its default; `source` and `target` are
 * empty then. `dir`, `config` and a `source` that is a path are absolute.
 */
export type Settings = {
  readonly [N in SettingName]: (typeof settingsTable)[N] extends SettingDefinition<infer T> ? T : never;
};

export const settingNames = Object.keys(settingsTable) as readonly SettingName[];

export const definitionOf = (name: SettingName): SettingDefinition => settingsTable[name];

/** `--max-rejects` of `--max-rejects <n>`. */
export const flagOf = (name: SettingName): string => settingsTable[name].flag.split(' ')[0]!;

export const isSettingOf = (name: SettingName, command: CommandName): boolean =>
  definitionOf(name).commands.includes(command);
