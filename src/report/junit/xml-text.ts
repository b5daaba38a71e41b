/**
 * A text for XML 1.0, inside an element or a quoted attribute. Characters that XML cannot hold at all (most control
 * characters, halves of surrogate pairs), and those that turn the direction of a line, are written as escapes; line ends
 * as references, so that attributes keep them.
 */
export const xmlText = (text: string): string =>
  text.replace(special, (character) => xmlCharacter(character));

const special = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff&<>"']/gu;

const xmlCharacter = (character: string): string =>
  entities[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};
