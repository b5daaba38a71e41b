import { type Document, serialize } from 'bson';
import { CollectionProfiler } from '../../src/profiling/collection-profiler.ts';
import type {
  CollectionProfile,
  FieldProfile,
  ObjectProfile,
  ValueProfile,
} from '../../src/profiling/profile.ts';
import { type ProfileLimits, profileLimits } from '../../src/profiling/profile-limits.ts';
import type { CollectionDescription, SourceCollection } from '../../src/source/document-source.ts';

const nothingDescribed: CollectionDescription = {
  indexes: [],
  collation: undefined,
  validator: undefined,
  viewOn: undefined,
  timeField: undefined,
};

const collection: SourceCollection = {
  name: 'things',
  kind: 'collection',
  estimatedDocuments: undefined,
  estimatedBytes: undefined,
};

/** A profiler that is fed documents, as objects or as BSON, in batches. */
export function createProfiler(limits: Partial<ProfileLimits> = {}, hasMadeIds = false) {
  const profiler = new CollectionProfiler(collection, {
    limits: { ...profileLimits, ...limits },
    hasMadeIds,
  });
  const add = (documents: readonly (Document | Uint8Array)[]): void => {
    const parts = documents.map((one) => (one instanceof Uint8Array ? one : serialize(one)));
    const starts = new Int32Array(parts.length);
    let at = 0;
    for (const [index, part] of parts.entries()) {
      starts[index] = at;
      at += part.length;
    }
    const bytes = Buffer.concat(parts);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    profiler.add({ bytes, view, starts, count: parts.length });
  };
  const finish = (): CollectionProfile => profiler.finish({ description: nothingDescribed });
  return { profiler, add, finish };
}

export function profileOf(
  documents: readonly (Document | Uint8Array)[],
  limits: Partial<ProfileLimits> = {},
): CollectionProfile {
  const { add, finish } = createProfiler(limits);
  add(documents);
  return finish();
}

/** The value profile at a path of keys; `[]` are elements, `*` the values of a map. Throws where there is none. */
export function valueAt(object: ObjectProfile, ...steps: readonly string[]): ValueProfile {
  let inside: ObjectProfile | undefined = object;
  let value: ValueProfile | undefined;
  for (const step of steps) {
    if (step === '[]') value = value?.arrays?.element;
    else if (step === '*') value = inside?.anyValue;
    else value = inside?.fields.find((field: FieldProfile) => field.key === step)?.value;
    if (value === undefined) throw new Error(`There is nothing at ${steps.join('.')}`);
    inside = value.objects;
  }
  if (value === undefined) throw new Error('No path was given');
  return value;
}

/** `{int: 2, null: 1}` */
export const typeCounts = ({ types }: ValueProfile): Readonly<Record<string, number>> =>
  Object.fromEntries(types.map(({ type, count }) => [type, count]));
