import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { WrittenColumn } from './compare-cell.ts';

/** A table as the mapping file says it. */
export interface WrittenTable {
  readonly each?: string;
  readonly parent?: string;
  readonly key: string[];
  readonly columns: Record<string, WrittenColumn>;
  readonly rest?: string | { column: string };
  readonly unmapped?: string;
}

export interface WrittenMapping {
  readonly collection: string;
  readonly onReject?: string;
  readonly tables: Record<string, WrittenTable>;
}

/** Every mapping of a project folder. */
export const readMappings = (project: string): readonly WrittenMapping[] =>
  readdirSync(join(project, 'mappings'))
    .filter((file) => /\.ya?ml$/.test(file))
    .toSorted()
    .map((file) => parse(readFileSync(join(project, 'mappings', file), 'utf8')) as WrittenMapping);

export const rootOf = (mapping: WrittenMapping): string =>
  Object.keys(mapping.tables).find((name) => mapping.tables[name]!.each === undefined)!;

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
