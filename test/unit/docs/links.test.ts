import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  listRepositoryFiles,
  readRepositoryFile,
  repositoryRoot,
} from '../../architecture/repository-files.ts';

const pages = listRepositoryFiles().filter(
  (file) => file.endsWith('.md') && existsSync(join(repositoryRoot, file)),
);

/** Code does not hold links, however it looks. Lines stay, so that numbers are right. */
const withoutCode = (text: string): string =>
  text
    .replaceAll(/^ *```[\s\S]*?^ *```$/gm, (block) => block.replaceAll(/[^\n]/g, ''))
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ' '));

interface Link {
  readonly target: string;
  readonly line: number;
}

/** Links of the form `[text](target)` that lead neither to a web page nor to a mail address. */
const relativeLinks = (text: string): readonly Link[] =>
  withoutCode(text)
    .split('\n')
    .flatMap((content, index) =>
      [...content.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => ({ target: match[1]!, line: index + 1 })),
    )
    .filter(({ target }) => !/^[a-z][a-z0-9+.-]*:/i.test(target));

/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (text: string): readonly string[] => {
  const seen = new Map<string, number>();
  const headings = text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '').matchAll(/^#{1,6} +(.+?) *$/gm);
  return [...headings].map((match) => {
    const anchor = match[1]!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
};

/** What is wrong with the links of a page, one line each. */
function brokenLinks(
  page: string,
  text: string,
  read: (path: string) => string | undefined,
): readonly string[] {
  return relativeLinks(text).flatMap(({ target, line }) => {
    const [file = '', anchor] = target.split('#', 2);
    const path = file === '' ? page : posix.join(dirname(page), decodeURIComponent(file));
    const linked = path === page ? text : read(path);
    if (linked === undefined) return [`${page}:${line}: ${target} leads nowhere`];
    if (anchor === undefined || anchorsOf(linked).includes(anchor)) return [];
    return [`${page}:${line}: ${target} leads to no heading`];
  });
}

const readFromRepository = (path: string): string | undefined =>
  existsSync(join(repositoryRoot, path)) ? readRepositoryFile(path) : undefined;

describe('links in the documentation', () => {
  test('there is documentation', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'ARCHITECTURE.md', 'docs/mapping.md']));
  });

  test.each(pages)('%s: all relative links and anchors resolve', (page) => {
    expect(brokenLinks(page, readRepositoryFile(page), readFromRepository)).toEqual([]);
  });
});

describe('the test itself', () => {
  const read = (path: string): string | undefined =>
    path === 'docs/b.md' ? '# B\n## What `x` is?\n' : undefined;

  test.each(['[b](b.md)', '[b](b.md#what-x-is)', '[a](#here)\n# Here', '[w](https://a.b/c)', '`[c](d.md)`'])(
    'takes %s',
    (text) => {
      expect(brokenLinks('docs/a.md', text, read)).toEqual([]);
    },
  );

  test.each(['[b](c.md)', '[b](b.md#what)', '[a](#there)\n# Here', '[b](../b.md)'])('reports %s', (text) => {
    expect(brokenLinks('docs/a.md', text, read)).toHaveLength(1);
  });
});
