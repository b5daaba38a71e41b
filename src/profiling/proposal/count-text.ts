/** 133910 → `133,910` */
export const countText = (count: number): string =>
  count.toLocaleString('en-US', { maximumFractionDigits: 0 });

/** `1 document`, `2 documents` */
export const countOf = (count: number, what: string): string =>
  `${countText(count)} ${count === 1 ? what : `${what}s`}`;

/** A key or name as it can stand in a comment: in quotes, one line, nothing that a terminal would obey. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text).replace(
    /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
