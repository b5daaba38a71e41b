/** JSON with the digits of its numbers, the order of its keys, and keys that stand twice. */
export type JsonNode =
  | { readonly kind: 'literal' | 'string' | 'number'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'object'; readonly fields: readonly JsonField[] };

export type JsonField = readonly [key: string, value: JsonNode];

const token =
  /[ \t\n\r]*(?:([[\]{},:])|("(?:[^"\\]|\\.)*")|(true|false|null)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?))/gy;

/** Parses the text of a json or jsonb value; undefined for a text that is not JSON. */
export function parseJson(text: string): JsonNode | undefined {
  const reader = new JsonReader(text);
  try {
    const node = reader.read();
    return reader.isAtEnd() ? node : undefined;
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    return this.#text.slice(this.#at).trim() === '';
  }

  read(): JsonNode {
    const [mark, string, literal, number] = this.#next();
    if (string !== undefined) return { kind: 'string', text: JSON.parse(string) as string };
    if (literal !== undefined) return { kind: 'literal', text: literal };
    if (number !== undefined) return { kind: 'number', text: number };
    if (mark === '[') return { kind: 'array', items: this.#list(']', () => this.read()) };
    if (mark !== '{') throw new RangeError('Not JSON');
    const field = (): JsonField => {
      const [, key] = this.#next();
      if (key === undefined || this.#next()[0] !== ':') throw new RangeError('Not JSON');
      return [JSON.parse(key) as string, this.read()];
    };
    return { kind: 'object', fields: this.#list('}', field) };
  }

  #next(): readonly (string | undefined)[] {
    token.lastIndex = this.#at;
    const found = token.exec(this.#text);
    if (found === null) throw new RangeError('Not JSON');
    this.#at = token.lastIndex;
    return found.slice(1);
  }

  #list<T>(end: string, read: () => T): readonly T[] {
    const items: T[] = [];
    const before = this.#at;
    if (this.#next()[0] === end) return items;
    this.#at = before;
    for (;;) {
      items.push(read());
      const [mark] = this.#next();
      if (mark === end) return items;
      if (mark !== ',') throw new RangeError('Not JSON');
    }
  }
}

/** Fields as jsonb has them: of equal keys the last, shorter keys first, those of one length by their bytes. */
export function asJsonb(fields: readonly JsonField[]): readonly JsonField[] {
  return [...new Map(fields)]
    .map(([key, value]) => ({ key, value, bytes: Buffer.from(key) }))
    .sort((a, b) => a.bytes.length - b.bytes.length || a.bytes.compare(b.bytes))
    .map(({ key, value }) => [key, value]);
}
