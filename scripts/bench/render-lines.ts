import { formatFigure } from './format-figure.ts';
import type { BenchResults } from './results.ts';

const columns = ['figure', 'shape', 'what', 'value', 'reference', 'ratio', 'target', 'verdict'] as const;
const isNumber = new Set<string>(['value', 'reference', 'ratio']);

/** The result for a terminal: one line per figure, then what it was measured on. */
export function renderLines(results: BenchResults): string {
  const header = {
    ...{ figure: '#', shape: 'shape', what: 'what', value: 'docrow', reference: 'reference' },
    ...{ ratio: 'ratio', target: 'target', verdict: '' },
  };
  const rows = [header, ...results.figures.map(formatFigure)];
  const widths = new Map(columns.map((name) => [name, Math.max(...rows.map((row) => row[name].length))]));
  const lines = rows.map((row) =>
    columns
      .map((name) => {
        const width = widths.get(name)!;
        return isNumber.has(name) ? row[name].padStart(width) : row[name].padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
  const { machine, postgres } = results;
  return [
    ...lines,
    '',
    `${results.documents} documents of each shape, ${results.rounds} rounds in turn: medians, lowest and highest in parentheses.`,
    `docrow ${machine.docrow}, Node ${machine.node}, PostgreSQL ${postgres.version}${results.psql === undefined ? '' : `, ${results.psql}`}${results.mongo === undefined ? '' : `, ${results.mongo}`}`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGibibytes} GiB, ${machine.system}`,
    '',
  ].join('\n');
}
