/**
 * Names and texts from data, made safe for a terminal: control and direction characters are written as escapes,
 * so that a collection's name cannot move the cursor or reverse what stands beside it.
 */
export const printable = (text: string): string =>
  text.replace(
    /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
