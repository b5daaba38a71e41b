import type { LossPath } from './loss-path.ts';

/** A path with `*` in place of one of its keys. It is one object for all paths that differ in that key only. */
export interface StarredPath {
  readonly text: string;
}

/** Keys that lie deeper stand for themselves. */
const deepestStar = 8;

/**
 * Finds the paths that differ in one key. Which objects are maps, so that their keys are data, is known only when all
 * documents were seen: until then what is lost is counted both ways.
 */
export class StarredPaths {
  readonly #byText = new Map<string, StarredPath>();
  readonly #byPath = new Map<LossPath, readonly StarredPath[]>();

  /** The path with `*` for its first key, for its second one and so on; a path of one key stands for itself. */
  of(path: LossPath): readonly StarredPath[] {
    let starred = this.#byPath.get(path);
    if (starred === undefined) {
      const keys = keysOf(path);
      starred = keys
        .slice(0, deepestStar)
        .map((_, star) => this.#take(keys.map((key, at) => (at === star ? '*' : key)).join('.')));
      this.#byPath.set(path, starred);
    }
    return starred;
  }

  #take(text: string): StarredPath {
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const starred = { text };
    this.#byText.set(text, starred);
    return starred;
  }
}

/** The keys of a path; none of the one that stands for all beyond a limit. */
export function keysOf(path: LossPath): readonly string[] {
  const keys: string[] = [];
  for (let at = path; at.parent !== undefined; at = at.parent) {
    const { text } = at.parent;
    keys.push(at.parent.parent === undefined ? at.text : at.text.slice(text.length + 1));
  }
  return keys.reverse();
}
