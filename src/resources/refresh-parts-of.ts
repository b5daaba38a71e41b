import type { CheckpointStore, RunRecord } from '../checkpoint/checkpoint-store.ts';
import { type CollectionEncoder, compileCollection } from '../encoding/compile-collection.ts';
import { compileFilter } from '../filtering/compile-filter.ts';
import type { CollectionMapping } from '../mapping/mapping.ts';
import type { RefreshParts } from '../pipeline/refresh/refresh-parts.ts';
import type { DocumentSource } from '../source/document-source.ts';
import type { Project } from './open-project.ts';

export interface RefreshedRun {
  readonly source: DocumentSource;
  readonly store: CheckpointStore;
  readonly run: RunRecord;
  readonly project: Project;
}

/** Gives what bringing documents in step needs, by collection; each has one encoder. */
export function refreshPartsOf({
  source,
  store,
  run,
  project,
}: RefreshedRun): (
  mapping: CollectionMapping,
  target: RefreshParts['target'],
  epoch: number,
) => RefreshParts {
  const encoders = new Map<CollectionMapping, CollectionEncoder>();
  const { allCollections: collections, transformsOf } = project;
  const encoderOf = (mapping: CollectionMapping): CollectionEncoder => {
    const known = encoders.get(mapping);
    if (known !== undefined) return known;
    const { where, file } = mapping;
    const encoder = compileCollection({
      mapping,
      runTime: run.runTime,
      transforms: transformsOf(mapping),
      filter: where === undefined ? undefined : compileFilter(where, file),
    });
    encoders.set(mapping, encoder);
    return encoder;
  };
  return (mapping, target, epoch) => ({
    source,
    target,
    store,
    run,
    epoch,
    mapping,
    collections,
    transformsOf,
    encoder: encoderOf(mapping),
  });
}
