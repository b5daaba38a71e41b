import type { ColumnSource } from './mapping.ts';
import { parsePath } from './parse-path.ts';
import { suggestion } from './suggestion.ts';

export type ParsedSource = { readonly source: ColumnSource } | { readonly problem: string };

const named: ReadonlyMap<string, ColumnSource> = new Map<string, ColumnSource>([
  ['$idTime', { kind: 'id-time' }],
  ['$runTime', { kind: 'run-time' }],
  ['$index', { kind: 'index' }],
  ['$item', { kind: 'item' }],
]);

/** Reads one entry of a column's `from`. The column of a `^column` is named as it is written. */
export function parseSource(text: string): ParsedSource {
  const source = named.get(text);
  if (source !== undefined) return { source };
  if (text.startsWith('^')) {
    if (text.length > 1) return { source: { kind: 'parent', column: text.slice(1) } };
    return { problem: '"^" must be followed by the name of a column of the parent table' };
  }
  if (text.startsWith('$')) {
    const hint = suggestion(text, named.keys());
    return {
      problem: `there is no source "${text}"${hint || `; a field of that name is written in quotes: '"${text}"'`}`,
    };
  }
  const parsed = parsePath(text);
  return 'problem' in parsed ? parsed : { source: { kind: 'path', path: parsed.path } };
}
