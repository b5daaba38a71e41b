import { enumComment } from './enum-comment.ts';
import type {
  ProposedCollection,
  ProposedColumn,
  ProposedIndex,
  ProposedTable,
  TypeChoice,
} from './proposal.ts';
import { commentLines, commentText, fileWidth, scalar } from './yaml-text.ts';

const widestName = 30;
/** Comments stand below each other behind columns up to this width. */
const widestEntry = 74;

/** The text of a mapping file, with its evidence as comments. The same proposal always gives the same text. */
export function writeMappingYaml({ collection, header, tables }: ProposedCollection): string {
  const lines = [
    ...header.flatMap((paragraph) => commentLines(paragraph, '')),
    `collection: ${scalar(collection)}`,
    'tables:',
    ...tables.flatMap(tableLines),
  ];
  return `${lines.join('\n')}\n`;
}

function tableLines(table: ProposedTable): readonly string[] {
  const { name, parent, each, key, columns, rest, indexes, notes, indexNotes } = table;
  return [
    ...notes.flatMap((note) => commentLines(note, '  ')),
    `  ${scalar(name)}:`,
    ...(each === undefined ? [] : [`    each: ${scalar(each)}`]),
    ...(parent?.parent === undefined ? [] : [`    parent: ${scalar(parent.name)}`]),
    `    key: [${key.map(scalar).join(', ')}]`,
    `    mismatch: rest${parent === undefined ? '  # a value that does not fit its column stays, exactly, in the rest column' : ''}`,
    '    columns:',
    ...columnLines(columns),
    `    rest: ${scalar(rest)}`,
    ...(indexes.length > 0 ? ['    indexes:', ...indexes.flatMap(indexLines)] : []),
    ...indexNotes.flatMap((note) => commentLines(note, '    ')),
  ];
}

function columnLines(columns: readonly ProposedColumn[]): readonly string[] {
  const names = columns.map(({ name }) => `${scalar(name)}:`);
  const nameWidth = Math.min(widestName, Math.max(...names.map((name) => name.length)));
  const entries = columns.map((column, i) => `      ${names[i]!.padEnd(nameWidth)} ${columnMap(column)}`);
  const entryWidth = Math.max(
    0,
    ...entries.map(({ length }) => length).filter((length) => length <= widestEntry),
  );
  return columns.flatMap((column, i) => {
    const entry = entries[i]!;
    const lines =
      entry.length > fileWidth
        ? [...evidenceLines(column), `      ${names[i]}`, `        ${columnMap(column)}`]
        : withEvidence(entry, column, entryWidth);
    const check = enumComment(column);
    const notes = check === undefined ? column.notes : [...column.notes, check];
    const above = notes.flatMap((note) => commentLines(note, '      '));
    return [...above, ...lines];
  });
}

/** The evidence stands behind the column where there is room, shortened if need be, else above it. */
function withEvidence(entry: string, { evidence }: ProposedColumn, entryWidth: number): readonly string[] {
  if (evidence === undefined || evidence.full === '') return [entry];
  const lines = [evidence.full, evidence.short]
    .map(commentText)
    .flatMap((text) => [`${entry.padEnd(entryWidth)}  # ${text}`, `${entry}  # ${text}`]);
  const fitting = lines.find((line) => line.length <= fileWidth);
  return fitting === undefined ? [...evidenceLines({ evidence }), entry] : [fitting];
}

const evidenceLines = ({ evidence }: Pick<ProposedColumn, 'evidence'>): readonly string[] =>
  evidence === undefined || evidence.full === '' ? [] : commentLines(evidence.full, '      ');

function columnMap({ from, choice, isUnique, references }: ProposedColumn): string {
  const parts = [
    `from: ${scalar(from)}`,
    ...choiceParts(choice),
    ...(isUnique ? ['unique: true'] : []),
    ...(references === undefined
      ? []
      : [
          `references: ${scalar(`${referencePart(references.table)}.${referencePart(references.column)}`)}`,
          ...(references.allowOrphans ? ['orphans: allow'] : []),
        ]),
  ];
  return `{ ${parts.join(', ')} }`;
}

function choiceParts(choice: TypeChoice | undefined): readonly string[] {
  if (choice === undefined) return [];
  const { type, json, convert, nul } = choice;
  return [
    `type: ${scalar(type)}`,
    ...(json === undefined ? [] : [`json: ${json}`]),
    ...(convert === undefined ? [] : [`convert: ${convert}`]),
    ...(nul === undefined ? [] : [`nul: ${nul}`]),
  ];
}

/** `references` is a path of two names, and read as one. */
const referencePart = (name: string): string =>
  name === '' || /[."\\]/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : name;

function indexLines({ columns, isUnique, method, where, name, evidence }: ProposedIndex): readonly string[] {
  const parts = [
    `columns: [${columns.map(scalar).join(', ')}]`,
    ...(isUnique ? ['unique: true'] : []),
    ...(method === 'btree' ? [] : [`method: ${method}`]),
    ...(where === undefined ? [] : [`where: ${scalar(where)}`]),
    ...(name === undefined ? [] : [`name: ${scalar(name)}`]),
  ];
  const entry = `      - { ${parts.join(', ')} }`;
  const line = `${entry}  # ${commentText(evidence)}`;
  return line.length <= fileWidth ? [line] : [...commentLines(evidence, '      '), entry];
}
