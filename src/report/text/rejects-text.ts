import { errorPolicies } from '../../errors/error-codes.ts';
import type { Reject, RejectReport, RejectsReport } from '../rejects-report.ts';
import { printable } from './printable.ts';
import { formatCount, formatTime } from './quantities.ts';
import { renderRejectionGroups } from './rejections-text.ts';
import { joinSections, type NextStep, renderNextSteps, titleWith } from './section.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** The documents that were set aside: by kind, then one by one. */
export const renderRejects = (style: Style, report: RejectsReport): string => {
  const { groups, rejects } = report;
  const total = groups.reduce((sum, { documents }) => sum + documents, 0);
  if (total === 0) return joinSections([`${style.good('✓')} ${style.bold('No document is set aside')}`]);
  const first = rejects[0];
  const steps: NextStep[] =
    first === undefined
      ? []
      : [
          { command: `docrow rejects show ${first.key}`, purpose: 'one of them, with the document’s shape' },
          { command: 'docrow rejects retry', purpose: 'load them again, once the mapping is edited' },
          {
            command: 'docrow rejects export FILE',
            purpose: 'the documents themselves, as Extended JSON lines',
          },
        ];
  const hidden = total - rejects.length;
  const more =
    hidden > 0 ? style.dim(`… and ${formatCount(hidden)} more; --limit shows more of them`) : undefined;
  return joinSections([
    renderRejectionGroups(style, groups),
    rejects.length === 0 ? undefined : [rejectsTable(style, rejects), more].filter(Boolean).join('\n'),
    renderNextSteps(style, steps),
  ]);
};

const rejectsTable = (style: Style, rejects: readonly Reject[]): string =>
  renderTable(
    style,
    [
      { title: 'Key' },
      { title: 'Collection', narrowest: 16 },
      { title: '_id', narrowest: 24 },
      { title: 'Field', narrowest: 16 },
      { title: 'Code' },
      { title: 'Table', dispensable: 1 },
      { title: 'At', dispensable: 2 },
    ],
    rejects.map(({ key, collection, idText, path, code, table, at }) => [
      { text: key, paint: style.name },
      collection,
      shortId(idText),
      path === '' ? { text: '(document)', paint: style.dim } : path,
      code,
      table ?? '',
      { text: formatTime(at), paint: style.dim },
    ]),
  );

/** An ObjectId as its digits: what would stand around them takes room that the column does not have. */
const shortId = (idText: string): string => /^\{"\$oid":"([0-9a-f]{24})"\}$/.exec(idText)?.[1] ?? idText;

/** One document that was set aside. */
export const renderReject = (style: Style, { reject, document, bytes, masked }: RejectReport): string => {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Collection', reject.collection],
    ['_id', shortId(reject.idText)],
    ['Field', reject.path === '' ? '(document)' : reject.path],
    ['Table', reject.table],
    ['Code', reject.code],
    ['At', formatTime(reject.at)],
  ];
  const lines = facts.flatMap(([title, value]) =>
    value === undefined ? [] : [`  ${style.dim(title.padEnd(10))}  ${printable(value)}`],
  );
  return joinSections([
    [
      `${style.warning('!')} ${style.bold(printable(reject.reason))}`,
      ...lines,
      `  ${style.dim('→')} ${errorPolicies[reject.code].remedy}`,
    ].join('\n'),
    documentText(style, document, bytes, masked),
  ]);
};

const documentText = (
  style: Style,
  document: RejectReport['document'],
  bytes: string | undefined,
  masked: boolean,
): string => {
  if (document !== undefined) {
    const text = JSON.stringify(document, undefined, 2).split('\n').map(printable).join('\n');
    const title = masked
      ? titleWith(style, 'Document', 'types instead of values; --show-values shows them')
      : style.bold('Document');
    return `${title}\n${text}`;
  }
  return bytes === undefined
    ? titleWith(style, 'Document', 'cannot be parsed; --show-values shows its bytes')
    : `${titleWith(style, 'Document', 'cannot be parsed; its BSON as base64')}\n${bytes}`;
};
