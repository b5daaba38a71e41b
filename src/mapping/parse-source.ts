import type { ColumnSource } from './mapping.ts';
import { parsePath } from './parse-path.ts';
import { suggestion } from './suggestion.ts';

export type ParsedSource = { readonly source: ColumnSource } | { readonly problem: string };

/** Reads one entry of a column's `from`. */
export function parseSource(text: string): ParsedSource {
  if (text === '$idTime') return { source: { kind: 'id-time' } };
  if (text === '$runTime') return { source: { kind: 'run-time' } };
  if (text === '$index' || text === '$item' || text.startsWith('^')) {
    return { problem: `"${text}" belongs to a child table, and child tables are not supported yet` };
  }
  if (text.startsWith('$')) {
    const hint = suggestion(text, ['$idTime', '$runTime']);
    return {
      problem: `there is no source "${text}"${hint || `; a field of that name is written in quotes: '"${text}"'`}`,
    };
  }
  const parsed = parsePath(text);
  return 'problem' in parsed ? parsed : { source: { kind: 'path', path: parsed.path } };
}
