import { type Fields, type Node, types } from './read-bson.ts';

const isPlain = (text: string): boolean => !text.includes('"');

/** The keys of a path of the mapping language. */
export function parsePath(text: string): string[] {
  if (isPlain(text)) return text.split('.');
  const keys: string[] = [];
  for (const [, quoted, plain] of text.matchAll(/(?:^|\.)(?:"((?:[^"\\]|\\.)*)"|([^."]+))/g)) {
    keys.push(quoted === undefined ? plain! : quoted.replace(/\\(.)/g, '$1'));
  }
  return keys;
}

export const fieldOf = (fields: Fields, key: string): Node | undefined =>
  fields.find(([name]) => name === key)?.[1];

export function find(node: Node, path: readonly string[]): Node | undefined {
  const [key, ...below] = path;
  if (key === undefined) return node;
  if (node.type !== types.object) return undefined;
  const field = fieldOf(node.value as Fields, key);
  return field === undefined ? undefined : find(field, below);
}

/** The object without what stands at the paths; what is left without a field because of that is left out. */
export function without(fields: Fields, paths: readonly (readonly string[])[]): Fields {
  return fields.flatMap(([key, node]): [string, Node][] => {
    const here = paths.filter(([first]) => first === key).map((path) => path.slice(1));
    if (here.some((path) => path.length === 0)) return [];
    if (here.length === 0 || node.type !== types.object || (node.value as Fields).length === 0)
      return [[key, node]];
    const left = without(node.value as Fields, here);
    return left.length === 0 ? [] : [[key, { ...node, value: left }]];
  });
}
