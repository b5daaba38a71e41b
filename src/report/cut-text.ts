/** The beginning of a long text, with how long it is; never half a character. */
export const cutText = (text: string, maxCharacters: number): string => {
  if (text.length <= maxCharacters) return text;
  const start = text.slice(0, maxCharacters).replace(/[\ud800-\udbff]$/, '');
  return `${start}… (${text.length} characters)`;
};
