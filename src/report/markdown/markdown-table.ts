import { printable } from '../text/printable.ts';

/** A text inside a Markdown page: nothing in it is markup, HTML, a link or the end of a table's cell. */
export const markdownText = (text: string): string =>
  printable(text)
    .replace(
      /[\\`*[\]|~<>&$]|(?<![a-z0-9])_|_(?![a-z0-9])/gi,
      (character) => entities[character] ?? `\\${character}`,
    )
    // A bare address would become a link; the reference ends it and shows as the same character.
    .replace(/(?<=https?|ftp):(?=\/\/)/gi, '&#58;')
    .replace(/(?<=\bwww)\./gi, '&#46;');

const entities: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
};

export interface MarkdownColumn {
  readonly title: string;
  /** Numbers stand to the right; values are code, in which nobody is mentioned and nothing is linked. */
  readonly kind?: 'number' | 'value';
}

/** A table of Markdown as GitHub, GitLab and others read it. Texts are escaped here. */
export const markdownTable = (
  columns: readonly MarkdownColumn[],
  rows: readonly (readonly string[])[],
): string =>
  [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ kind }) => (kind === 'number' ? '--:' : '---'))),
    ...rows.map((row) => line(row.map((text, index) => cell(text, columns[index]?.kind)))),
  ].join('\n');

const cell = (text: string, kind: MarkdownColumn['kind']): string =>
  kind === 'value' && text !== '' ? `<code>${markdownText(text)}</code>` : markdownText(text);

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
