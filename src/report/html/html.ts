import { printable } from '../text/printable.ts';

/** Text that is HTML already, made by `html` alone. */
export interface Html {
  readonly markup: string;
}

/** What may stand in `html`: nothing for undefined and false; texts are escaped, lists are joined. */
export type HtmlContent = Html | string | number | undefined | false | readonly HtmlContent[];

/**
 * A template of HTML: what is filled in is escaped for text and for quoted attributes, unless it came from `html` itself.
 * Control and direction characters are shown as escapes. Values may not stand in scripts, styles or unquoted attributes.
 */
export const html = (strings: TemplateStringsArray, ...contents: readonly HtmlContent[]): Html => ({
  markup: strings.reduce((markup, part, index) => markup + toMarkup(contents[index - 1]) + part),
});

/** Text of this program that goes into a page as it is: its style and its script. Never anything from outside. */
export const verbatimHtml = (markup: string): Html => ({ markup });

const toMarkup = (content: HtmlContent): string => {
  if (content === undefined || content === false) return '';
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return String(content);
  if (isList(content)) return content.map(toMarkup).join('');
  return content.markup;
};

const isList = (content: Html | readonly HtmlContent[]): content is readonly HtmlContent[] =>
  Array.isArray(content);

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string =>
  printable(text).replace(/[&<>"']/g, (character) => entities[character]!);
