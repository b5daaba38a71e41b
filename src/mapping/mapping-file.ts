import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import type { Problem } from '../errors/problem.ts';
import type { YamlValue } from './mapping.ts';

/** A path inside a mapping file: keys of mappings and positions in lists. */
export type FilePath = readonly (string | number)[];

interface PlacedMessage {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Where a problem is shown: at the value under a path, or at the key that leads to it. */
export type ProblemPlace = 'value' | 'key';

/** One mapping file: its content as plain values, and the problems found so far with their places in the text. */
export class MappingFile {
  /** Relative to the project folder, with forward slashes. */
  readonly name: string;
  /** Null when the file has syntax errors. Of a key that is there twice the last one counts. */
  readonly value: YamlValue;
  readonly hasSyntaxErrors: boolean;
  readonly #found: PlacedMessage[] = [];
  readonly #document: Document;
  readonly #lines = new LineCounter();

  /** Reads YAML 1.2 (core schema). Syntax errors and keys written twice become problems. */
  constructor(name: string, text: string) {
    this.name = name;
    // Whole numbers come as bigint, for the yaml package would round those over 2^53.
    this.#document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      intAsBigInt: true,
      prettyErrors: false,
      lineCounter: this.#lines,
    });
    const duplicates = this.#document.errors.filter(({ code }) => code === 'DUPLICATE_KEY');
    for (const { pos } of duplicates) this.#addAt(pos[0], 'this key is there twice');
    // Where YAML cannot be read at one place, what follows is mostly its consequence.
    const others = [...this.#document.errors, ...this.#document.warnings].filter(
      (it) => !duplicates.includes(it),
    );
    const [first] = others.sort((a, b) => a.pos[0] - b.pos[0]);
    if (first !== undefined) this.#addAt(first.pos[0], `YAML: ${sentence(first.message)}`);
    this.hasSyntaxErrors = first !== undefined;
    this.value = this.hasSyntaxErrors ? null : this.#valueOf(this.#document.contents);
  }

  get hasProblems(): boolean {
    return this.#found.length > 0;
  }

  /** What was reported, in the order of the text. */
  problems(): readonly Problem[] {
    return this.#found
      .toSorted((a, b) => a.line - b.line || a.column - b.column)
      .map(({ line, column, message }) => ({ message, location: `${this.name}:${line}:${column}` }));
  }

  /** Notes a problem. Where the path leads to nothing, its place is the key of the nearest thing that is there. */
  report(path: FilePath, message: string, place: ProblemPlace = 'value'): void {
    let at = 0;
    let node: unknown = this.#document.contents;
    if (isMap(node) && node.range) at = node.range[0];
    for (const [depth, step] of path.entries()) {
      node = this.#resolved(node);
      const isLast = depth === path.length - 1;
      if (isMap(node)) {
        const pair = node.items.find((item) => keyText(item.key) === String(step));
        if (pair === undefined) break;
        const key = pair.key as Node;
        const value = pair.value as Node | null;
        const found = isLast && place === 'value' ? (value ?? key) : key;
        at = found.range?.[0] ?? at;
        node = value;
      } else if (isSeq(node)) {
        const item = node.items[Number(step)] as Node | undefined;
        at = item?.range?.[0] ?? at;
        node = item;
      } else break;
    }
    this.#addAt(at, message);
  }

  #addAt(offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    this.#found.push({ line, column: col, message: message.charAt(0).toUpperCase() + message.slice(1) });
  }

  #resolved(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  /** YAML reads nothing as null, and null is a policy of some keys that nobody should choose by accident. */
  #reportEmptyValues(map: YAMLMap): void {
    for (const { key, value } of map.items) {
      const isEmpty = value === null || (isScalar(value) && value.value === null && value.source === '');
      if (!isEmpty) continue;
      this.#addAt(
        (key as Node).range?.[0] ?? 0,
        `"${keyText(key)}" has no value; write null if that is meant`,
      );
    }
  }

  #valueOf(written: unknown, above: readonly unknown[] = []): YamlValue {
    const node = this.#resolved(written);
    if (above.includes(node)) {
      this.#addAt((written as Node).range?.[0] ?? 0, 'this alias stands inside what it names');
      return null;
    }
    const within = [...above, node];
    if (isMap(node)) {
      this.#reportEmptyValues(node);
      return Object.fromEntries(
        node.items.map(({ key, value }) => [keyText(key), this.#valueOf(value, within)]),
      );
    }
    if (isSeq(node)) return node.items.map((item) => this.#valueOf(item, within));
    return isScalar(node) ? scalarValue(node.value) : null;
  }
}

/** A key as text, whatever it looks like: `1: x` has the key "1". */
function keyText(key: unknown): string {
  return isScalar(key) ? (key.source ?? String(key.value)) : String(key);
}

function scalarValue(value: unknown): YamlValue {
  if (typeof value !== 'bigint') return value as YamlValue;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The yaml package's messages in the form of ours: one line, lower case, no full stop. */
function sentence(message: string): string {
  const line = message.split('\n', 1)[0]!.replace(/\.$/, '');
  return line.charAt(0).toLowerCase() + line.slice(1);
}
