import type { DocumentPath } from './mapping.ts';

export type ParsedPath = { readonly path: DocumentPath } | { readonly problem: string };

const plainKey = /[^."]+/y;
const quotedKey = /"((?:[^"\\]|\\["\\])*)"/y;

/**
 * Reads a path as a mapping writes it: keys with dots between them. A key with a dot, a quote, a `$` in front or
 * nothing in it is quoted (`a."b.c"`), and inside the quotes `\"` and `\\` stand for `"` and `\`.
 */
export function parsePath(text: string): ParsedPath {
  const path: string[] = [];
  let at = 0;
  for (;;) {
    const pattern = text[at] === '"' ? quotedKey : plainKey;
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) {
      const problem =
        text[at] === '"'
          ? `the path "${text}" has a quoted key without an end`
          : `the path "${text}" has an empty key; write "" in quotes for a field without a name`;
      return { problem };
    }
    path.push(found[1] === undefined ? found[0] : found[1].replace(/\\(.)/g, '$1'));
    at = pattern.lastIndex;
    if (at === text.length) return { path };
    if (text[at] !== '.') return { problem: `the path "${text}" needs a dot at character ${at + 1}` };
    at++;
  }
}
