/** Columns that the files of a project are wide, where that is possible. */
export const fileWidth = 110;

const looksLikeOther = /^(?:true|false|null|yes|no|on|off)$/i;
const plain = /^[\p{L}_$^][\p{L}\p{N}_.$-]*(?: [\p{L}\p{N}_.-]+)*$/u;

/** A scalar of YAML 1.2 that reads as this very text: plain where nobody could take it for anything else. */
export const scalar = (text: string): string =>
  plain.test(text) && !looksLikeOther.test(text) && text.length <= 200 ? text : quotedScalar(text);

/** JSON is YAML, but for characters that YAML, or a person, wants to see escaped. */
const quotedScalar = (text: string): string => escapeInvisible(JSON.stringify(text));

const escapeInvisible = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029\ufffe\uffff\p{Cf}]/gu, (character) =>
    Array.from({ length: character.length }, (_, i) => {
      const unit = character.charCodeAt(i).toString(16).padStart(4, '0');
      return `\\u${unit}`;
    }).join(''),
  );

/** A text as a comment can have it: a line break in a name would end the comment. */
export const commentText = (text: string): string => escapeInvisible(text);

/** A comment in lines of the file's width. Later lines of a list entry stand below its text. */
export function commentLines(text: string, indent: string): readonly string[] {
  const room = fileWidth - indent.length - 2;
  const hanging = ' '.repeat(/^(?:- |\s+)/.exec(text)?.[0].length ?? 0);
  const lines: string[] = [];
  let line = '';
  for (const [i, word] of commentText(text).split(' ').entries()) {
    if (i === 0) line = word;
    else if (line.trim() !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = `${hanging}${word}`;
    } else line += ` ${word}`;
  }
  lines.push(line);
  return lines.map((one) => `${indent}# ${one}`.trimEnd());
}
