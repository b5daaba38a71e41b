import type { ColumnPlace } from './build-column.ts';
import type { ColumnSource } from './mapping.ts';
import type { WrittenColumn } from './mapping-schema.ts';
import { parseSource } from './parse-source.ts';
import { safeName } from './safe-name.ts';

/**
 * Reads a column's `from` and reports what is wrong with it.
 * @returns undefined when it could not be understood
 */
export function readSources(
  from: WrittenColumn['from'],
  place: ColumnPlace,
): readonly ColumnSource[] | undefined {
  const { file, path } = place;
  const sources: ColumnSource[] = [];
  const texts = typeof from === 'string' ? [from] : from;
  for (const [i, text] of texts.entries()) {
    const at = [...path, 'from', ...(typeof from === 'string' ? [] : [i])];
    const parsed = parseSource(text);
    const problem = 'problem' in parsed ? parsed.problem : misplaced(parsed.source, text, texts, place);
    if (problem !== undefined) file.report(at, problem);
    else if (sources.at(-1)?.kind === 'run-time') {
      file.report(at, `"${text}" is never used, because $runTime before it is always there`);
    } else if ('source' in parsed) sources.push(withSafeName(parsed.source));
  }
  return sources.length === texts.length ? sources : undefined;
}

/** Says why a source cannot stand in this table, or beside the others. */
function misplaced(
  { kind }: ColumnSource,
  text: string,
  texts: readonly string[],
  { isChild }: ColumnPlace,
): string | undefined {
  switch (kind) {
    case 'path':
    case 'run-time':
      return undefined;
    case 'id-time':
      if (!isChild) return undefined;
      return '$idTime is for the root table; take the value of its column with ^ and the name of the column';
    case 'index':
    case 'item':
    case 'parent':
      if (!isChild) return `"${text}" is for child tables, which have "each"`;
      return texts.length > 1 ? `"${text}" stands alone, and not in a list of sources` : undefined;
  }
}

const withSafeName = (source: ColumnSource): ColumnSource =>
  source.kind === 'parent' ? { kind: 'parent', column: safeName(source.column) } : source;
