/** JSON with the digits of its numbers, the order of its keys and keys that stand twice. */
export type JsonNode =
  | { readonly kind: 'literal' | 'string' | 'number'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'object'; readonly fields: readonly (readonly [key: string, value: JsonNode])[] };

const token = /\s*(?:([[\]{},:])|("(?:[^"\\]|\\.)*")|(true|false|null)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?))/gy;

/** Parses what PostgreSQL or docrow wrote; for tests, so it trusts its input. */
export function parseJson(text: string): JsonNode {
  token.lastIndex = 0;
  const tokens = [...text.matchAll(token)];
  let at = 0;
  const read = (): JsonNode => {
    const [, mark, string, literal, number] = tokens[at++]!;
    if (string !== undefined) return { kind: 'string', text: JSON.parse(string) as string };
    if (literal !== undefined) return { kind: 'literal', text: literal };
    if (number !== undefined) return { kind: 'number', text: number };
    if (mark === '[') return { kind: 'array', items: list(']', read) };
    const field = (): readonly [string, JsonNode] => {
      const key = JSON.parse(tokens[at++]![2]!) as string;
      at++;
      return [key, read()];
    };
    return { kind: 'object', fields: list('}', field) };
  };
  function list<T>(end: string, next: () => T): T[] {
    const items: T[] = [];
    while (tokens[at]![1] !== end) {
      items.push(next());
      if (tokens[at]![1] === ',') at++;
    }
    at++;
    return items;
  }
  return read();
}
