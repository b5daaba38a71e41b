import { filterProblem } from './filter-problem.ts';

/**
 * Translates a regular expression of MongoDB (PCRE, with UTF-8) into one of JavaScript that matches the same texts.
 * What cannot be translated exactly is refused: back references, possessive quantifiers, atomic groups, options inside
 * the pattern but at its beginning, recursion, `\h`, `\R`, `\K`, `\G`, `\X`.
 *
 * The two differ where one would not expect it: in PCRE `$` also matches before a final newline, `.` stops at `\n`
 * only, `\s` knows ASCII alone, and `\v` is a class.
 * @param options of `i`, `m` and `s`
 * @throws DocrowError `mapping-invalid`
 */
export function translateRegex(pattern: string, options: string): RegExp {
  const leading = /^\(\?([ims]+)\)/.exec(pattern);
  const flags = options + (leading?.[1] ?? '');
  const body = leading === null ? pattern : pattern.slice(leading[0].length);
  const source = translate(body, flags.includes('m'), flags.includes('s'));
  try {
    return new RegExp(source, flags.includes('i') ? 'iu' : 'u');
  } catch {
    throw filterProblem(`the regular expression ${quoted(pattern)} is not valid or not supported`);
  }
}

const end = '(?![^])';
const beforeEnd = `(?=\\n?${end})`;

/** Group openings that mean the same in both. */
const groupOpening = /\(\?(?::|=|!|<=|<!|P?<([A-Za-z_]\w*)>)/y;
const quantifier = /(?:[*+?]|\{\d+(?:,\d*)?\})/y;

function translate(pattern: string, multiline: boolean, dotAll: boolean): string {
  let out = '';
  let at = 0;
  while (at < pattern.length) {
    const char = String.fromCodePoint(pattern.codePointAt(at)!);
    const repeat = matchAt(quantifier, pattern, at);
    if (repeat !== null) {
      at += repeat[0].length;
      if (pattern[at] === '+') throw unsupported(pattern, 'a possessive quantifier');
      out += repeat[0];
      if (pattern[at] === '?') out += pattern[at++];
      continue;
    }
    if (char === '\\') {
      const escaped = readEscape(pattern, at);
      out += escaped.assertion ?? (escaped.isClass ? `[${escaped.source}]` : escaped.source);
      at = escaped.end;
      continue;
    }
    if (char === '[') {
      const set = readSet(pattern, at);
      out += set.source;
      at = set.end;
      continue;
    }
    if (char === '(' && (pattern[at + 1] === '?' || pattern[at + 1] === '*')) {
      const opening = matchAt(groupOpening, pattern, at);
      if (opening === null) throw unsupported(pattern, `"${pattern.slice(at, at + 3)}"`);
      out += opening[1] === undefined ? opening[0] : `(?<${opening[1]}>`;
      at += opening[0].length;
      continue;
    }
    at += char.length;
    if (char === '.') out += dotAll ? '[^]' : '[^\\n]';
    else if (char === '^') out += multiline ? '(?:^|(?<=\\n)(?=[^]))' : '^';
    else if (char === '$') out += multiline ? '(?![^\\n])' : beforeEnd;
    else out += '()|'.includes(char) ? char : literal(char);
  }
  return out;
}

interface Escape {
  /** What stands between the brackets of a set, or a single character. */
  readonly source: string;
  readonly isClass: boolean;
  /** Set for an escape that matches a place and no character. */
  readonly assertion?: string;
  readonly end: number;
}

const asciiSpace = '\\t-\\r ';
const classEscapes: Readonly<Record<string, string>> = {
  d: '0-9',
  D: '\\0-/:-\\u{10ffff}',
  w: '0-9A-Z_a-z',
  // Without the two signs that fold to s and k, with which /\W/i would match these letters in JavaScript.
  W: '\\0-/:-@\\[-\\^`\\{-\\u017e\\u0180-\\u2129\\u212b-\\u{10ffff}',
  s: asciiSpace,
  S: '\\0-\\x08\\x0e-\\x1f!-\\u{10ffff}',
  v: '\\n-\\r\\x85\\u2028\\u2029',
  N: '\\0-\\t\\x0b-\\u{10ffff}',
};
const charEscapes: Readonly<Record<string, string>> = {
  a: '\\x07',
  e: '\\x1b',
  f: '\\f',
  n: '\\n',
  r: '\\r',
  t: '\\t',
};
const assertions: Readonly<Record<string, string>> = { A: '^', z: end, Z: beforeEnd, b: '\\b', B: '\\B' };
const hexEscape = /\\x(?:([0-9a-f]{2})|\{([0-9a-f]{1,6})\})/iy;
const categoryEscape = /\\([pP])(?:\{([A-Z][a-z]?)\}|([CLMNPSZ]))/y;

function readEscape(pattern: string, at: number): Escape {
  const char = String.fromCodePoint(pattern.codePointAt(at + 1) ?? 0);
  const end = at + 1 + char.length;
  const classSource = lookUp(classEscapes, char);
  if (classSource !== undefined) return { source: classSource, isClass: true, end };
  const assertion = lookUp(assertions, char);
  if (assertion !== undefined) return { source: '', isClass: false, assertion, end };
  const source = lookUp(charEscapes, char);
  if (source !== undefined) return { source, isClass: false, end };
  const hex = matchAt(hexEscape, pattern, at);
  if (hex !== null) return { source: `\\u{${hex[1] ?? hex[2]}}`, isClass: false, end: at + hex[0].length };
  const category = matchAt(categoryEscape, pattern, at);
  if (category !== null) {
    const name = category[2] ?? category[3];
    return { source: `\\${category[1]}{${name}}`, isClass: true, end: at + category[0].length };
  }
  if (at + 1 >= pattern.length || /[0-9A-Za-z]/.test(char)) throw unsupported(pattern, `"\\${char}"`);
  return { source: literal(char), isClass: false, end };
}

const posixSets: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\0-\\x7f',
  blank: '\\t ',
  cntrl: '\\0-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-/:-@\\[-`\\{-~',
  space: asciiSpace,
  upper: 'A-Z',
  word: '0-9A-Z_a-z',
  xdigit: '0-9A-Fa-f',
};
const posixSet = /\[:(\w+):\]/y;

function readSet(pattern: string, start: number): { readonly source: string; readonly end: number } {
  let at = start + 1;
  let out = '[';
  if (pattern[at] === '^') {
    out += '^';
    at++;
  }
  const first = at;
  let afterClass = false;
  while (at < pattern.length) {
    const char = String.fromCodePoint(pattern.codePointAt(at)!);
    if (char === ']' && at > first) return { source: `${out}]`, end: at + 1 };
    const posix = matchAt(posixSet, pattern, at);
    if (posix !== null || char === '\\') {
      const escaped = posix === null ? readEscape(pattern, at) : undefined;
      // In a set \b is the backspace; other assertions have no meaning there.
      const isBackspace = escaped?.assertion === '\\b';
      if (escaped?.assertion !== undefined && !isBackspace)
        throw unsupported(pattern, 'an assertion in a set');
      const source = posix === null ? escaped?.source : lookUp(posixSets, posix[1]!);
      if (source === undefined) throw unsupported(pattern, `"${posix?.[0]}"`);
      afterClass = posix !== null || escaped?.isClass === true;
      out += isBackspace ? '\\x08' : source;
      at = escaped?.end ?? at + posix![0].length;
      continue;
    }
    // After a class a hyphen cannot begin a range, and at either end of the set it never does.
    const isRange = char === '-' && !afterClass && at > first && pattern[at + 1] !== ']';
    out += isRange ? '-' : literal(char);
    afterClass = false;
    at += char.length;
  }
  throw unsupported(pattern, 'a set without an end');
}

function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}

function lookUp(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function literal(char: string): string {
  // A hyphen cannot be escaped outside a set, and has to be inside one.
  if (char === '-') return '\\x2d';
  return /[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}

const quoted = (pattern: string): string => `"${pattern}"`;

function unsupported(pattern: string, what: string): Error {
  return filterProblem(`the regular expression ${quoted(pattern)} has ${what}, which is not supported`);
}
