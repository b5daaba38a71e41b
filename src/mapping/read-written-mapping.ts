import type { z } from 'zod';
import type { YamlValue } from './mapping.ts';
import type { FilePath, MappingFile } from './mapping-file.ts';
import { mappingFileSchema, type WrittenMapping } from './mapping-schema.ts';
import { schemaProblems } from './schema-problem.ts';

/** What could be read of a file. The rest was reported, and later checks stay silent about it. */
export interface ReadMapping {
  readonly written: WrittenMapping;
  /** True for a table that is in the file but could not be read, or such a column of a table. */
  isBroken(table: string, column?: string): boolean;
  /** True for a table whose `rest` could not be read. */
  hasBrokenRest(table: string): boolean;
  /** True when there is a table that could not be read; it may have been the root table. */
  readonly hasBrokenTable: boolean;
}

/** Stands for the name of a collection that was not given; MongoDB allows no such name. */
const noCollection = '\0';

/**
 * Checks the form of a mapping file and reports what is wrong. What is right is returned even then, so that one
 * misspelt key does not hide the problems of other columns.
 * @returns undefined when there is nothing to go on with
 */
export function readWrittenMapping(file: MappingFile): ReadMapping | undefined {
  if (file.hasSyntaxErrors) return undefined;
  const removed = new Set<string>();
  reportReservedNames(file);
  const issues =
    mappingFileSchema.safeParse(without(file.value, removed), { reportInput: true }).error?.issues ?? [];
  for (const issue of issues) {
    for (const { path, message, place } of schemaProblems(issue)) file.report(path, message, place);
    for (const path of toRemove(issue)) removed.add(pathId(path));
  }
  const rest = without(file.value, removed);
  const completed = isObject(rest) ? { collection: noCollection, ...rest } : rest;
  const written = mappingFileSchema.safeParse(completed).data;
  if (written === undefined) return undefined;
  const isBroken = (table: string, column?: string): boolean =>
    removed.has(pathId(['tables', table])) ||
    (column !== undefined && removed.has(pathId(['tables', table, 'columns', column])));
  const hasBrokenRest = (table: string): boolean => removed.has(pathId(['tables', table, 'rest']));
  const tables = isObject(file.value) ? file.value['tables'] : undefined;
  const hasBrokenTable = !isObject(tables) || Object.keys(tables).some((table) => isBroken(table));
  return { written, isBroken, hasBrokenRest, hasBrokenTable };
}

export const hasCollection = (written: WrittenMapping): boolean => written.collection !== noCollection;

/** The smallest part of the file that has to go so that the complaint is settled. */
function toRemove(issue: z.core.$ZodIssue): readonly FilePath[] {
  const path = issue.path as FilePath;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...path, key]);
  if (path[0] !== 'tables') return [path.slice(0, 1)];
  const key = String(path[4]);
  switch (path[2]) {
    case 'columns':
      // Without one of these keys the column, or another of its keys, has no meaning.
      return [path.slice(0, ['undefined', 'from', 'type', 'references'].includes(key) ? 4 : 5)];
    case 'rest':
    case 'mismatch':
    case 'unmapped':
    case 'indexes':
      return [path.slice(0, 3)];
    default:
      return [path.slice(0, 2)];
  }
}

const pathId = (path: FilePath): string => JSON.stringify(path.map(String));

function without(value: YamlValue, removed: ReadonlySet<string>, path: FilePath = []): YamlValue {
  const kept = (step: string | number): boolean => !removed.has(pathId([...path, step]));
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => (kept(i) ? [without(item, removed, [...path, i])] : []));
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => kept(key));
  return Object.fromEntries(entries.map(([key, item]) => [key, without(item, removed, [...path, key])]));
}

/** zod passes over a key of this name without a word. */
function reportReservedNames(file: MappingFile): void {
  const report = (names: YamlValue | undefined, path: FilePath): void => {
    if (!isObject(names) || !Object.hasOwn(names, '__proto__')) return;
    file.report([...path, '__proto__'], 'the name "__proto__" is reserved', 'key');
  };
  const tables = isObject(file.value) ? file.value['tables'] : undefined;
  report(tables, ['tables']);
  for (const [name, table] of isObject(tables) ? Object.entries(tables) : []) {
    if (isObject(table)) report(table['columns'], ['tables', name, 'columns']);
  }
}

function isObject(value: YamlValue | undefined): value is { readonly [key: string]: YamlValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
