/** Breaks a text at spaces into lines of at most `width` characters; a longer word is cut. */
export const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length <= width) {
      line += ` ${rest}`;
      continue;
    }
    if (line !== '') lines.push(line);
    while (rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line = rest;
  }
  lines.push(line);
  return lines;
};

/** A wrapped text whose later lines stand under the first character after its mark. */
export const wrapWithMark = (mark: string, text: string, width: number): string =>
  wrap(text, width - 2)
    .map((line, index) => `${index === 0 ? mark : ' '} ${line}`)
    .join('\n');
