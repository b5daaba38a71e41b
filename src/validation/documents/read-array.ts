/**
 * Reads the text of a one-dimensional PostgreSQL array (array_out): elements are texts, null is NULL.
 * @returns undefined for a text of another form, and for arrays that do not begin at 1 or have more dimensions
 */
export function readArray(text: string): readonly (string | null)[] | undefined {
  if (text === '{}') return [];
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  const element = /(?:"((?:[^"\\]|\\.)*)"|([^",{}\\]+))(,|\}$)/gsy;
  const items: (string | null)[] = [];
  element.lastIndex = 1;
  while (element.lastIndex < text.length) {
    const found = element.exec(text);
    if (found === null) return undefined;
    const [, quoted, bare] = found;
    if (quoted !== undefined) items.push(quoted.replace(/\\(.)/gs, '$1'));
    else items.push(bare!.toUpperCase() === 'NULL' ? null : bare!);
  }
  return items;
}
