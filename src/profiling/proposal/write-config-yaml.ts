import path from 'node:path';
import { scalar } from './yaml-text.ts';

/** What docrow.yaml begins with. */
export interface ConfigChoice {
  /** As the command got it: a URI, or an absolute path. */
  readonly source: string;
  readonly holdsPassword: boolean;
  readonly database: string | undefined;
  /** The project folder, absolute. */
  readonly folder: string;
  /** Collections without a mapping, and why. */
  readonly leftOut: readonly { readonly collection: string; readonly reason: string }[];
}

/** The settings file of a new project. A password never goes into it. */
export function writeConfigYaml({ source, holdsPassword, database, folder, leftOut }: ConfigChoice): string {
  const shown = /^[a-z][a-z0-9+.-]*:\/\//i.test(source) ? source : relativePath(source, folder);
  // A default ends at the first brace.
  const hasDefault = !holdsPassword && !/[{}\n]/.test(shown);
  const lines = [
    '# Settings of this project. A flag (--source) comes before an environment variable (DOCROW_SOURCE), and that before',
    '# this file. Written by docrow init.',
    '',
    '# Where the documents come from: mongodb://… , or the path of a mongodump folder, archive or mongoexport file.',
    ...(holdsPassword ? ['# It holds a password, so it is taken from the environment.'] : []),
    `source: ${hasDefault ? yamlValue(variable('DOCROW_SOURCE', shown)) : variable('DOCROW_SOURCE')}`,
    ...(database === undefined ? [] : [`database: ${scalar(database)}`]),
    '',
    '# Where the rows go: postgres://… , or a PostgreSQL that docrow starts itself and keeps in .docrow/postgres.',
    `target: ${variable('DOCROW_TARGET', 'embedded:')}`,
    '',
    '# The schema of the tables; docrow keeps its own state in the schema `docrow`.',
    'schema: public',
  ];
  if (leftOut.length > 0) {
    lines.push('', '# Collections that no mapping was written for:');
    for (const { collection, reason } of leftOut) lines.push(`# - ${scalar(collection)}: ${reason}`);
  }
  return `${lines.join('\n')}\n`;
}

/** As settings files name an environment variable, with what counts where it is not set. */
const variable = (name: string, fallback?: string): string =>
  `\${${name}${fallback === undefined ? '' : `:-${fallback}`}}`;

const yamlValue = (text: string): string =>
  /^[\x21-\x7e]+$/.test(text) && !/ #|: |["'\\]/.test(text) ? text : JSON.stringify(text);

function relativePath(source: string, folder: string): string {
  const relative = path.relative(folder, source);
  const isFar = relative === '' || path.isAbsolute(relative) || relative.startsWith('../../');
  return isFar ? source : relative.split(path.sep).join('/');
}
