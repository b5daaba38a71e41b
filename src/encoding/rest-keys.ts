import { type AdjustmentLog, type AdjustmentMark, createMark } from './adjustment-log.ts';
import type { PathNode } from './path-tree.ts';
import { nulWrapperKey } from './write-json-string.ts';

/** So many keys are remembered at one place; fields whose keys are data could be without number. */
const mostKeys = 1000;

/** A key that was seen at one place in documents, and what is known about it. */
export interface RestKey {
  readonly bytes: Buffer;
  /** Read as UTF-8. */
  readonly text: string;
  /** Undefined for a key that leads to nothing that is taken. */
  readonly node: PathNode | undefined;
  /** The keys inside of its value, where there are paths that are taken. */
  readonly below: RestKeys | undefined;
  /** Whether it is the key of the object that stands for a text with NUL. */
  readonly isWrapper: boolean;
  /** The adjustment that is noted when nothing takes the field. */
  mark: AdjustmentMark | undefined;
  /** The key that came behind it the last time. */
  next: RestKey | undefined;
}

/** What the rest column's adjustments are made with. */
export interface RestColumnNotes {
  readonly log: AdjustmentLog;
  readonly table: string;
  readonly column: string;
}

const replacementCharacter = '\ufffd';

/** @param text the key in [at, end) of the bytes, read as UTF-8 */
export function childOf(
  node: PathNode,
  text: string,
  bytes: Buffer,
  at: number,
  end: number,
): PathNode | undefined {
  const child = node.children.get(text);
  if (child === undefined || !text.includes(replacementCharacter)) return child;
  // Bytes that are not UTF-8 read alike, but are another key.
  return bytes.subarray(at, end).equals(Buffer.from(text)) ? child : undefined;
}

function equals(key: Buffer, bytes: Buffer, at: number, end: number): boolean {
  const { length } = key;
  if (length !== end - at) return false;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== key[i]) return false;
  return true;
}

/**
 * The keys of documents, or of the sub-documents at one path. Those that follow each other mostly do so again, so that
 * comparing bytes is enough to know a key; no text is made of it.
 */
export class RestKeys {
  /** Stands before the first key. */
  readonly start: RestKey = {
    bytes: Buffer.alloc(0),
    text: '',
    node: undefined,
    below: undefined,
    isWrapper: false,
    mark: undefined,
    next: undefined,
  };
  readonly #node: PathNode;
  readonly #prefix: string;
  readonly #notes: RestColumnNotes;
  readonly #others: AdjustmentMark;
  /** By their bytes, one character each. */
  readonly #known = new Map<string, RestKey>();

  /** @param prefix the dotted path of the sub-documents with a dot behind it, empty for the documents themselves */
  constructor(node: PathNode, prefix: string, notes: RestColumnNotes, others?: AdjustmentMark) {
    this.#node = node;
    this.#prefix = prefix;
    this.#notes = notes;
    this.#others = others ?? this.#createMark('*');
  }

  /** The key in [at, end), which comes behind another one or the start. */
  find(previous: RestKey, bytes: Buffer, at: number, end: number): RestKey {
    const { next } = previous;
    if (next !== undefined && equals(next.bytes, bytes, at, end)) return next;
    const text = bytes.toString('latin1', at, end);
    const key = this.#known.get(text) ?? this.#learn(text, bytes, at, end);
    previous.next = key;
    return key;
  }

  /** Notes that a field goes to the rest column because nothing takes it. */
  noteUnmapped(key: RestKey): void {
    key.mark ??= this.#notes.log.takePath() ? this.#createMark(`${this.#prefix}${key.text}`) : this.#others;
    this.#notes.log.note(key.mark);
  }

  #learn(byteText: string, bytes: Buffer, at: number, end: number): RestKey {
    const text = bytes.toString('utf8', at, end);
    const node = childOf(this.#node, text, bytes, at, end);
    const below =
      node === undefined || node.children.size === 0
        ? undefined
        : new RestKeys(node, `${this.#prefix}${text}.`, this.#notes, this.#others);
    const isRemembered = this.#known.size < mostKeys;
    const key: RestKey = {
      bytes: Buffer.from(bytes.subarray(at, end)),
      text,
      node,
      below,
      isWrapper: equals(nulWrapperKey, bytes, at, end),
      mark: isRemembered ? undefined : this.#others,
      next: undefined,
    };
    if (isRemembered) this.#known.set(byteText, key);
    return key;
  }

  #createMark(path: string): AdjustmentMark {
    const { table, column } = this.#notes;
    return createMark({ table, column, kind: 'unmapped-rest', path });
  }
}
