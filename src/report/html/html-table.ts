import { type Html, type HtmlContent, html } from './html.ts';

export interface HtmlColumn {
  readonly title: string;
  /** Numbers stand to the right, times and words stay on one line, values are in a fixed-width face, charts have room. */
  readonly kind?: 'number' | 'time' | 'words' | 'long' | 'value' | 'chart';
}

export interface HtmlTable {
  /** Unique in the page; names the part that scrolls. */
  readonly id: string;
  readonly caption: HtmlContent;
  readonly columns: readonly HtmlColumn[];
  /** The first cell of each is its heading. */
  readonly rows: readonly (readonly HtmlContent[])[];
  readonly total?: readonly HtmlContent[];
}

/** A table with a caption and headings, in a part that scrolls by itself where the page is narrower. */
export const htmlTable = ({ id, caption, columns, rows, total }: HtmlTable): Html =>
  scrollingTable(
    id,
    caption,
    columns,
    html`<tbody>${rows.map((row) => html`<tr>${htmlCells(columns, row)}</tr>`)}</tbody>${
      total !== undefined && html`<tfoot><tr>${htmlCells(columns, total)}</tr></tfoot>`
    }`,
  );

/** The same around a body that is made otherwise. */
export const scrollingTable = (
  id: string,
  caption: HtmlContent,
  columns: readonly HtmlColumn[],
  body: Html,
): Html => html`
<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0"><table>
<caption><span id="${id}">${caption}</span></caption>
<thead><tr>${columns.map(
  ({ title, kind }) => html`<th scope="col"${kind === 'number' && html` class="number"`}>${title}</th>`,
)}</tr></thead>
${body}
</table></div>`;

/** The cells of one row. */
export const htmlCells = (columns: readonly HtmlColumn[], row: readonly HtmlContent[]): readonly Html[] =>
  row.map((content, index) => {
    const kind = columns[index]?.kind;
    const place = kind !== undefined && html` class="${kind}"`;
    return index === 0 ? html`<th scope="row"${place}>${content}</th>` : html`<td${place}>${content}</td>`;
  });
