import { describe, expect, it } from 'vitest';
import { translateRegex } from '../../../src/filtering/translate-regex.ts';

const cases: readonly (readonly [
  pattern: string,
  options: string,
  yes: readonly string[],
  no: readonly string[],
])[] = [
  ['^ab$', '', ['ab', 'ab\n'], ['ab\n\n', 'cab', 'ab\r']],
  ['^b$', 'm', ['a\nb\nc', 'b'], ['a\rb', 'ab']],
  ['^$', 'm', ['', 'a\n\nb'], ['a\n']],
  ['a.c', '', ['abc', 'a\rc', 'a\u2028c', 'a😀c'], ['a\nc']],
  ['a.c', 's', ['a\nc'], ['ac']],
  ['straße', 'i', ['STRAßE'], ['strasse']],
  ['É', 'i', ['é'], ['e']],
  ['(?i)abc', '', ['ABC'], ['AB']],
  ['\\s', '', [' ', '\t', '\v'], ['\u00a0', '\ufeff']],
  ['^[^\\s]+$', '', ['a\u00a0b'], ['a b']],
  ['^[\\S]$', '', ['x', '\u00a0', '😀'], [' ']],
  ['^\\W$', 'i', ['-', 'é'], ['s', 'K', '_']],
  ['^\\d{2,3}$', '', ['12', '123'], ['1', '1234', '١٢']],
  ['a{x}', '', ['a{x}'], ['ax']],
  ['[]a]', '', [']', 'a'], ['b']],
  ['[^]a]', '', ['b'], [']']],
  ['^[\\w.-]+@', '', ['a-b.c@'], ['a b@']],
  ['^[a\\-c]$', '', ['-'], ['b']],
  ['a-b', '', ['a-b'], ['ab']],
  ['a\\-b/c', '', ['a-b/c'], ['ab']],
  ['^[[:digit:][:upper:]_]+$', '', ['A1_'], ['a']],
  ['\\Aab\\z', '', ['ab'], ['ab\n', 'cab']],
  ['ab\\Z', '', ['ab\n'], ['abc']],
  ['\\x41\\x{1f600}', '', ['A😀'], ['A']],
  ['^\\p{Lu}\\pL', '', ['Éa'], ['éa']],
  ['(?P<x>a)(?:b|c)(?=d)(?<!e)', '', ['abd'], ['abe']],
  ['a+?b*', '', ['aa'], ['b']],
  ['\\bcat\\b', '', ['a cat'], ['cats']],
  ['[\\b]', '', ['\b'], ['b']],
];

describe('translateRegex', () => {
  it.each(cases)('/%s/%s matches as in PCRE', (pattern, options, yes, no) => {
    const expression = translateRegex(pattern, options);
    for (const text of yes) expect([text, expression.test(text)]).toEqual([text, true]);
    for (const text of no) expect([text, expression.test(text)]).toEqual([text, false]);
  });

  it.each([
    '(a)\\1',
    'a++',
    '(?>a)',
    '(*UCP)a',
    '\\Ka',
    'a(?i)b',
    '(a',
    '[a',
    '*a',
    '\\h',
    '[\\A]',
    '[[:nope:]]',
    'a\\',
  ])('refuses /%s/', (pattern) => {
    expect(() => translateRegex(pattern, '')).toThrow(expect.objectContaining({ code: 'mapping-invalid' }));
  });
});
