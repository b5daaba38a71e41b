import { CollectionDigester } from '../validation/digests/digest-range.ts';
import type { DigestNote, DigestTask } from '../validation/digests/range-digesters.ts';
import type { RangeInput } from './range-input.ts';
import type { RangeWork } from './range-work.ts';

/** Digests ranges of one comparison of a run, one after the other. A task's result is what there is to keep of it. */
export class RangeDigester implements RangeWork<DigestTask, DigestNote, Uint8Array> {
  readonly #input: RangeInput;
  #collection: { readonly name: string; readonly digester: CollectionDigester } | undefined;
  #stop = new AbortController();

  constructor(input: RangeInput) {
    this.#input = input;
  }

  async run(task: DigestTask, tell: (note: DigestNote) => void): Promise<Uint8Array> {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const digester = await this.#digesterOf(task.collection);
    return digester.digestRange(task, tell, signal);
  }

  /** Nothing is lost by it: what was kept of a range was told before. */
  stop(): void {
    this.#stop.abort();
  }

  close(): Promise<void> {
    return this.#input.closeSource();
  }

  /** Collections are compared one after the other. */
  async #digesterOf(name: string): Promise<CollectionDigester> {
    if (this.#collection?.name === name) return this.#collection.digester;
    const { runTime } = this.#input;
    const mapping = this.#input.mappingOf(name);
    const transforms = await this.#input.transformsOf(mapping);
    const source = await this.#input.source();
    const digester = new CollectionDigester({ source, mapping, transforms, runTime });
    this.#collection = { name, digester };
    return digester;
  }
}
