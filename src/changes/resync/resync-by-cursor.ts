import { compareIds } from '../../bson/compare-ids.ts';
import { type CursorMark, noSyncCounts } from '../../checkpoint/sync-store.ts';
import { DocrowError } from '../../errors/docrow-error.ts';
import type { CollectionMapping } from '../../mapping/mapping.ts';
import { describeId } from '../../pipeline/describe-rejection.ts';
import { compareAndRefresh, refreshGone } from './compare-and-refresh.ts';
import { boundOf, CursorField, kindOfValue, noLaterThan } from './cursor-field.ts';
import { othersThan, readSince, SeenValues, seeAllValues } from './read-since.ts';
import { Refresher } from './refresher.ts';
import type { ResyncParts } from './resync-parts.ts';

export interface CursorOptions {
  /** Dotted path of a field that rises whenever a document is changed. */
  readonly field: string;
  readonly overlapSeconds: number;
  readonly findDeletes: boolean;
}

/**
 * Brings a collection in step with the documents whose field is as high as the highest value that was seen the last
 * time, or higher. The first time everything is compared.
 * @throws DocrowError `settings-invalid` for a field that no document has, or that is an array
 */
export async function resyncByCursor(
  parts: ResyncParts,
  mapping: CollectionMapping,
  options: CursorOptions,
): Promise<void> {
  const { syncStore, run, onEvent } = parts;
  const { collection } = mapping;
  const field = new CursorField(options.field);
  const records = await syncStore.collections(run.runId);
  const mark = records.find((record) => record.collection === collection)?.mark;
  if (mark?.field === field.name) {
    await resyncFrom(parts, mapping, field, mark, options);
    return;
  }
  const why =
    mark === undefined ? 'was never followed by a field' : `was followed by ${mark.field} until now`;
  onEvent({ kind: 'notice', message: `${collection} ${why}: all of it is compared` });
  const startedAt = new Date();
  const highest = await highestBefore(parts, mapping, field);
  // No document that is written from here on can be missed: its value is not lower.
  await compareAndRefresh(parts, mapping, highest && markOf(field, noLaterThan(highest, startedAt)));
}

async function resyncFrom(
  parts: ResyncParts,
  mapping: CollectionMapping,
  field: CursorField,
  mark: CursorMark,
  { overlapSeconds, findDeletes }: CursorOptions,
): Promise<void> {
  const { onEvent } = parts;
  const { collection } = mapping;
  const startedAt = new Date();
  const seen = new SeenValues();
  const refresher = new Refresher(parts, mapping);
  const bound = boundOf(mark.value, overlapSeconds);
  for await (const ids of readSince(parts, mapping, field, bound, seen)) await refresher.add(ids);
  const others = othersThan(seen, mark.value);
  if (others > 0) {
    const kind = kindOfValue(mark.value);
    const message = `${others} documents of ${collection} have no ${kind} in ${field.name} and are read each time`;
    onEvent({ kind: 'notice', message });
  }
  const counts = findDeletes ? await refreshGone(parts, mapping, refresher) : noSyncCounts;
  const highest = seen.highest(kindOfValue(mark.value));
  const capped = highest === undefined ? mark.value : noLaterThan(highest, startedAt);
  const isHigher = compareIds(capped, mark.value) > 0;
  await refresher.flush({
    mark: isHigher ? markOf(field, capped) : undefined,
    ...(counts === noSyncCounts ? {} : { counts: () => counts }),
  });
}

/** The highest value before anything else is read; undefined when there are no documents. */
async function highestBefore(
  parts: ResyncParts,
  mapping: CollectionMapping,
  field: CursorField,
): Promise<Uint8Array | undefined> {
  const { collection } = mapping;
  const seen = await seeAllValues(parts, mapping, field);
  const highest = seen.highest();
  if (highest === undefined && seen.total > 0) {
    throw new DocrowError(
      'settings-invalid',
      `No document of ${collection} has a number, text, time or ObjectId in field ${field.name}`,
      { collection },
    ).advising(
      'Name a field that rises with each change with --cursor; --only leaves out collections without it',
    );
  }
  const others = highest === undefined ? 0 : othersThan(seen, highest);
  if (highest !== undefined && others > 0) {
    const message = `${others} of ${seen.total} documents of ${collection} have no ${kindOfValue(highest)} in ${field.name} and are read each time`;
    parts.onEvent({ kind: 'notice', message });
  }
  return highest;
}

const markOf = ({ name }: CursorField, value: Uint8Array): CursorMark => ({
  field: name,
  value,
  valueText: describeId(value),
});
