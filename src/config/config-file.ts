import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { nearestName } from '../errors/nearest-name.ts';
import type { Problem } from '../errors/problem.ts';
import { definitionOf, type SettingName, settingNames } from './settings.ts';

/** One setting as it stands in docrow.yaml: variables not yet expanded. */
export interface FileEntry {
  readonly value: unknown;
  /** `docrow.yaml:3:9` */
  readonly location: string;
}

export interface ConfigFile {
  readonly entries: ReadonlyMap<SettingName, FileEntry>;
  readonly problems: readonly Problem[];
  /** False where the file could not be understood at all, so that nothing can be said about what it lacks. */
  readonly readable: boolean;
}

/**
 * Reads a settings file. Everything that is wrong is in `problems`, with its position; the file's absence is one
 * only where `mustExist` says so.
 */
export const readConfigFile = async (path: string, cwd: string, mustExist: boolean): Promise<ConfigFile> => {
  const shown = relative(cwd, path).startsWith('..') ? path : relative(cwd, path);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    if (code === 'ENOENT' && !mustExist) return { entries: new Map(), problems: [], readable: true };
    const message =
      code === 'ENOENT' ? 'The settings file does not exist' : `The settings file cannot be read (${code})`;
    return { entries: new Map(), problems: [{ message, location: shown }], readable: false };
  }
  return parse(text, shown);
};

const parse = (text: string, shown: string): ConfigFile => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${shown}:${line}:${col}`;
  };
  const problems: Problem[] = document.errors.map(({ code, message, pos }) => ({
    message:
      code === 'BLOCK_AS_IMPLICIT_KEY' ? `${message}; a value that ends with a colon needs quotes` : message,
    location: place(pos[0]),
  }));
  const entries = new Map<SettingName, FileEntry>();
  const { contents } = document;
  if (problems.length > 0) return { entries, problems, readable: false };
  if (contents === null) return { entries, problems, readable: true };
  if (!isMap(contents)) {
    problems.push({
      message: 'A settings file holds keys and values',
      location: place(contents.range?.[0] ?? 0),
    });
    return { entries, problems, readable: false };
  }
  for (const { key, value } of contents.items) {
    const at = place((key as Node).range?.[0] ?? 0);
    const name = isScalar(key) ? String(key.value) : '';
    if (isFileKey(name)) {
      const node = value as Node | null;
      entries.set(name, { value: node?.toJS(document), location: node?.range ? place(node.range[0]) : at });
    } else problems.push({ message: unknownKey(name), location: at });
  }
  return { entries, problems, readable: true };
};

const fileKeys = settingNames.filter((name) => definitionOf(name).inFile);

const isFileKey = (name: string): name is SettingName => (fileKeys as readonly string[]).includes(name);

const unknownKey = (name: string): string => {
  if ((settingNames as readonly string[]).includes(name)) {
    return `The setting "${name}" cannot stand in a settings file, only on the command line`;
  }
  // A flag's spelling (max-rejects) is a likely slip.
  const nearest = nearestName(name.replaceAll(/[-_]/g, ''), fileKeys);
  return `Unknown setting "${name}"${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
};
