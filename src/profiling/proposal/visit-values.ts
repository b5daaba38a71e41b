import { bsonType } from '../../bson/bson-type.ts';
import { createFoundField, findField } from '../../bson/find-field.ts';
import { keyEnd, valueEnd } from '../../bson/value-end.ts';
import { eachElement, type ValueStep } from './proposal.ts';

/** A path whose keys are UTF-8 already. */
export type RawStep = Uint8Array | typeof eachElement;

export const rawSteps = (steps: readonly ValueStep[]): readonly RawStep[] =>
  steps.map((step) => (step === eachElement ? step : Buffer.from(step)));

/**
 * Calls `visit` for every value that a path leads to, also through arrays.
 * @param type type of the value at `at` that the path starts from
 * @throws DocrowError `document-corrupt`
 */
export function visitValues(
  bytes: Buffer,
  view: DataView,
  type: number,
  at: number,
  steps: readonly RawStep[],
  visit: (type: number, at: number) => void,
  index = 0,
): void {
  const step = steps[index];
  if (step === undefined) {
    visit(type, at);
    return;
  }
  if (step !== eachElement) {
    const found = createFoundField();
    if (type !== bsonType.document || !findField(bytes, view, at, step, found)) return;
    visitValues(bytes, view, found.type, found.at, steps, visit, index + 1);
    return;
  }
  if (type !== bsonType.array) return;
  const limit = valueEnd(bsonType.array, bytes, view, at, bytes.length) - 1;
  for (let next = at + 4; next < limit; ) {
    const elementType = bytes[next] as number;
    const valueAt = keyEnd(bytes, next + 1, limit) + 1;
    next = valueEnd(elementType, bytes, view, valueAt, limit);
    visitValues(bytes, view, elementType, valueAt, steps, visit, index + 1);
  }
}
