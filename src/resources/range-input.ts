import { loadTransforms } from '../mapping/load-transforms.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { Transform } from '../mapping/transform.ts';
import type { DocumentSource } from '../source/document-source.ts';
import { openSource } from '../source/open-source.ts';
import type { Project } from './open-project.ts';
import type { InputSetup } from './worker-messages.ts';

/** What ranges are read from and converted by. */
export interface RangeInput {
  readonly runTime: Date;
  mappingOf(collection: string): CollectionMapping;
  transformsOf(mapping: CollectionMapping): Promise<ReadonlyMap<string, Transform>>;
  source(): Promise<DocumentSource>;
  /** Closes the source; the next call of `source` opens it again. */
  closeSource(): Promise<void>;
}

/** What the main thread has open already, and others close. */
export const openedInput = (
  source: DocumentSource,
  { mapping, transformsOf }: Pick<Project, 'mapping' | 'transformsOf'>,
  runTime: Date,
): RangeInput => ({
  runTime,
  mappingOf: (name) => mapping.collections.find(({ collection }) => collection === name)!,
  transformsOf: async (collection) => transformsOf(collection),
  source: async () => source,
  closeSource: async () => undefined,
});

/** A source and transforms of one thread's own, opened and loaded when they are asked for. */
export class OwnInput implements RangeInput {
  readonly #setup: InputSetup;
  readonly #transforms = new Map<string, ReadonlyMap<string, Transform>>();
  #source: DocumentSource | undefined;

  constructor(setup: InputSetup) {
    this.#setup = setup;
  }

  get runTime(): Date {
    return this.#setup.runTime;
  }

  mappingOf(name: string): CollectionMapping {
    return this.#setup.collections.find(({ collection }) => collection === name)!;
  }

  async transformsOf(mapping: CollectionMapping): Promise<ReadonlyMap<string, Transform>> {
    let transforms = this.#transforms.get(mapping.collection);
    if (transforms === undefined) {
      transforms = await loadTransforms(this.#setup.projectFolder, mapping);
      this.#transforms.set(mapping.collection, transforms);
    }
    return transforms;
  }

  async source(): Promise<DocumentSource> {
    this.#source ??= await openSource(this.#setup.source);
    return this.#source;
  }

  async closeSource(): Promise<void> {
    const source = this.#source;
    this.#source = undefined;
    await source?.close().catch(() => undefined);
  }
}
