/** A difference keeps so many characters of each value. */
const keptCharacters = 2_000;
const before = 200;

/**
 * Two texts as a difference holds them: whole where they are short, else a part of each around the first character in
 * which they differ.
 */
export function excerpts(
  expected: string | null,
  actual: string | null,
): { readonly expected?: string; readonly actual?: string } {
  const from = Math.max(0, firstDifference(expected ?? '', actual ?? '') - before);
  return {
    ...(expected === null ? {} : { expected: excerpt(expected, from) }),
    ...(actual === null ? {} : { actual: excerpt(actual, from) }),
  };
}

function firstDifference(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let at = 0; at < end; at++) if (a.charCodeAt(at) !== b.charCodeAt(at)) return at;
  return end;
}

function excerpt(text: string, from: number): string {
  if (text.length <= keptCharacters) return text;
  const start = wholeCharacter(text, Math.min(from, text.length - keptCharacters));
  const end = wholeCharacter(text, start + keptCharacters);
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`;
}

/** The position itself, or the one before it where it stands between the two halves of a character. */
const wholeCharacter = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
};
