import { looksLikeWrapperKeys } from './extended-json-key.ts';
import type { PathNode } from './table-paths.ts';

/** More keys than this make no Extended JSON. */
const mostKeys = 2;

/** The keys of a sub-document that no path leads to, as far as it takes to see whether they look like Extended JSON. */
export class LeftKeys {
  readonly #keys: string[] = [];

  /** Looks at the key in [keyAt, stop) of a document at `node`. */
  see(node: PathNode, bytes: Buffer, keyAt: number, stop: number): void {
    if (this.#keys.length > mostKeys) return;
    const key = bytes.toString('latin1', keyAt, stop);
    if (!node.children.has(key)) this.#keys.push(key);
  }

  get isWrapper(): boolean {
    return looksLikeWrapperKeys(this.#keys);
  }
}
