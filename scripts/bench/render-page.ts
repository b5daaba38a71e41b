import { formatFigure } from './format-figure.ts';
import { explanation, introduction } from './page-text.ts';
import type { BenchResults } from './results.ts';

/** docs/benchmarks.md. */
export const renderPage = (results: BenchResults): string =>
  [introduction, renderResults(results), explanation].join('\n');

function renderResults(results: BenchResults): string {
  const { machine, postgres } = results;
  const settings = Object.entries(postgres.settings).map(([name, value]) => `${name} = ${value}`);
  const rows = results.figures.map((figure) => {
    const cells = formatFigure(figure);
    const { shape, what, value, reference, ratio, target, verdict } = cells;
    return `| ${[cells.figure, shape, what, value, reference, ratio, target, verdict].join(' | ')} |`;
  });
  return `## Last full run

\`${results.command}\`, ${results.startedAt.slice(0, 10)}, ${Math.round(results.minutes)} minutes:
${results.documents.toLocaleString('en-US')} documents of each shape, ${results.rounds} rounds.

| # | documents | what | docrow | reference | ratio | target | |
| --- | --- | --- | ---: | ---: | ---: | --- | --- |
${rows.join('\n')}

- Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGibibytes} GiB, ${machine.system}
- Versions: docrow ${machine.docrow}, Node.js ${machine.node}, PostgreSQL ${postgres.version}${results.psql === undefined ? '' : `, ${results.psql}`}
- PostgreSQL ${postgres.kind === 'started' ? 'was started for the run' : 'was there already'}: ${settings.join(', ')}
- MongoDB server of the live loads: ${results.mongo ?? 'none'}
`;
}
