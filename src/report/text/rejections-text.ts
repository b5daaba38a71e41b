import { errorPolicies } from '../../errors/error-codes.ts';
import { adjustmentWords } from '../adjustment-words.ts';
import type { AdjustmentGroup, RejectionGroup } from '../migration-report.ts';
import { printable } from './printable.ts';
import { formatCount, formatDocuments } from './quantities.ts';
import { titleWith } from './section.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { wrapWithMark } from './wrap.ts';

const shownGroups = 15;

/** Why documents were set aside, most frequent kinds first, and what can be done about each. */
export const renderRejectionGroups = (
  style: Style,
  groups: readonly RejectionGroup[],
  where = 'kept with the reason in docrow.rejection',
): string | undefined => {
  if (groups.length === 0) return undefined;
  const sorted = [...groups].sort((a, b) => b.documents - a.documents);
  const shown = sorted.slice(0, shownGroups);
  const rows = shown.map(({ collection, documents, path, code, reason }) => [
    collection,
    { text: formatCount(documents), paint: style.warning },
    path === '' ? { text: '(document)', paint: style.dim } : path,
    reason === '' ? errorPolicies[code].cause : reason,
  ]);
  const total = groups.reduce((sum, { documents }) => sum + documents, 0);
  const parts = [
    titleWith(style, 'Set aside', `${formatDocuments(total)}, ${where}`),
    renderTable(
      style,
      [
        { title: 'Collection', narrowest: 16 },
        { title: 'Documents', align: 'right' },
        { title: 'Field', narrowest: 16 },
        { title: 'Why', narrowest: 24 },
      ],
      rows,
    ),
  ];
  const rest = sorted.slice(shownGroups);
  if (rest.length > 0) {
    const documents = rest.reduce((sum, group) => sum + group.documents, 0);
    parts.push(style.dim(`… and ${formatCount(rest.length)} more kinds, ${formatDocuments(documents)}`));
  }
  parts.push(renderRemedies(style, shown));
  return parts.join('\n');
};

/** One line per remedy, with the fields that it is for. */
const renderRemedies = (style: Style, groups: readonly RejectionGroup[]): string => {
  const fields = new Map<string, Set<string>>();
  for (const { code, path, collection } of groups) {
    const { remedy } = errorPolicies[code];
    const known = fields.get(remedy) ?? new Set();
    fields.set(remedy, known.add(printable(path === '' ? collection : path)));
  }
  return [...fields]
    .map(([remedy, names]) => {
      const shownNames = [...names].slice(0, 3).join(', ') + (names.size > 3 ? ' …' : '');
      return wrapWithMark(style.dim('→'), `${shownNames}: ${remedy}`, style.width);
    })
    .join('\n');
};

/** What the mapping's policies changed in documents that were loaded. */
export const renderAdjustments = (style: Style, groups: readonly AdjustmentGroup[]): string | undefined => {
  const rows = groups.flatMap(({ table, column, kind, documents }) =>
    kind === 'unmapped-rest' ? [] : [[table, column, formatCount(documents), adjustmentWords[kind]]],
  );
  if (rows.length === 0) return undefined;
  return [
    titleWith(style, 'Adjusted', 'loaded, and changed as the mapping says'),
    renderTable(
      style,
      [
        { title: 'Table', narrowest: 12 },
        { title: 'Column', narrowest: 12 },
        { title: 'Documents', align: 'right' },
        { title: 'How', narrowest: 24 },
      ],
      rows,
    ),
  ].join('\n');
};

const shownFields = 10;

/** Which fields went to a rest column because nothing else takes them, the most frequent ones first. */
export const renderUnmappedFields = (
  style: Style,
  groups: readonly AdjustmentGroup[],
): string | undefined => {
  const byColumn = new Map<string, { readonly path: string; readonly documents: number }[]>();
  for (const { table, column, kind, path = '', documents } of groups) {
    if (kind !== 'unmapped-rest') continue;
    const name = `${table}.${column}`;
    const known = byColumn.get(name);
    if (known === undefined) byColumn.set(name, [{ path, documents }]);
    else known.push({ path, documents });
  }
  if (byColumn.size === 0) return undefined;
  const lines = [...byColumn].map(([name, fields]) => {
    const sorted = fields.toSorted((a, b) => b.documents - a.documents);
    const shown = sorted
      .slice(0, shownFields)
      .map(({ path, documents }) => `${fieldName(path)} ${formatDocuments(documents)}`);
    const more = sorted.length - shown.length;
    if (more > 0) shown.push(`and ${formatCount(more)} more`);
    const text = `into ${printable(name)}, since no column takes them: ${shown.join(', ')}`;
    return wrapWithMark(style.dim('→'), text, style.width);
  });
  return [titleWith(style, 'Kept', 'loaded, with fields that no column takes'), ...lines].join('\n');
};

/** Fields beyond the first ones that are told apart are counted together. */
const fieldName = (path: string): string => (path === '*' ? 'further fields' : printable(path));
