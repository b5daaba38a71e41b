import type { RejectionCode } from '../../src/errors/error-codes.ts';
import { Random } from './random.ts';

/** One way in which documents of a collection are not as the newest version of the application writes them. */
export interface DirtKind {
  readonly name: string;
  /** Documents of this kind in the sample of 3,940 documents. */
  readonly documents: number;
  /** Documents that belong together, such as two with one e-mail address. */
  readonly group?: number;
  /** How the project's mapping answers; without it such documents are loaded. */
  readonly rejection?: { readonly code: RejectionCode; readonly path: string };
}

export const userDirt = [
  { name: 'no id', documents: 10 },
  { name: 'string _id', documents: 5 },
  { name: 'uuid _id', documents: 3 },
  { name: 'int _id', documents: 1 },
  { name: 'no roles', documents: 12 },
  { name: 'no is_active', documents: 7 },
  { name: 'no created_at', documents: 9 },
  { name: 'created_at is ISO text', documents: 4 },
  { name: 'duplicate e-mail', documents: 2, group: 2, rejection: { code: 'duplicate-value', path: 'email' } },
  { name: 'NUL in fullname', documents: 1, rejection: { code: 'value-nul-character', path: 'fullname' } },
  { name: 'unknown field last_ip', documents: 15 },
  { name: 'fullname null', documents: 1 },
] as const satisfies readonly DirtKind[];

export const taskDirt = [
  { name: 'no id', documents: 12 },
  { name: 'a number among tags', documents: 3, rejection: { code: 'value-mismatch', path: 'tags.1' } },
  { name: 'priority 2.0', documents: 4 },
  { name: 'priority 1.5', documents: 1, rejection: { code: 'value-mismatch', path: 'priority' } },
  {
    name: 'total_images beyond int32',
    documents: 1,
    rejection: { code: 'value-out-of-range', path: 'total_images' },
  },
  { name: 'year 12000', documents: 1 },
  { name: 'no settings', documents: 10 },
  { name: 'no priority, no status', documents: 5 },
] as const satisfies readonly DirtKind[];

export const subtaskDirt = [
  { name: 'no id', documents: 15 },
  {
    name: 'parent task does not exist',
    documents: 6,
    rejection: { code: 'reference-missing', path: 'parent_task_id' },
  },
  { name: 'seed int64', documents: 50 },
  { name: 'parent_task_id null', documents: 58 },
  { name: 'seed integral double', documents: 10 },
  { name: 'seed 1e20', documents: 1, rejection: { code: 'value-out-of-range', path: 'seed' } },
  {
    name: 'text in variable_indices',
    documents: 1,
    rejection: { code: 'value-mismatch', path: 'variable_indices.1' },
  },
  { name: 'NaN and Infinity in result', documents: 2 },
  { name: 'NUL in result', documents: 1, rejection: { code: 'value-nul-character', path: 'result.note' } },
  { name: '200 kB error text', documents: 1 },
  { name: 'no retry_count, ratio, prompts', documents: 100 },
  { name: 'no variable_indices', documents: 10 },
  { name: 'binary, ObjectId, Decimal128 in result', documents: 5 },
] as const satisfies readonly DirtKind[];

/** Which document is dirty in which way. */
export interface DirtPlan<Name extends string> {
  /** Undefined for a clean document. */
  kindOf(index: number): Name | undefined;
}

/**
 * Spreads the kinds over `documents` in the proportion of the sample of `sampleSize`, each at least once.
 * One byte per document, so that ten million need ten megabytes.
 */
export function planDirt<Name extends string>(
  kinds: readonly (DirtKind & { readonly name: Name })[],
  sampleSize: number,
  documents: number,
  seed: number,
): DirtPlan<Name> {
  const plan = new Uint8Array(documents);
  let used = 0;
  for (const [number, { documents: wanted, group = 1 }] of kinds.entries()) {
    const groups = Math.max(1, Math.round((wanted * documents) / sampleSize / group));
    const end = Math.min(documents, used + groups * group);
    plan.fill(number + 1, used, end);
    used = end;
  }
  const random = new Random(seed, `dirt of ${kinds.length} kinds`, documents);
  for (let last = documents - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    [plan[last], plan[other]] = [plan[other]!, plan[last]!];
  }
  return { kindOf: (index) => kinds[(plan[index] ?? 0) - 1]?.name };
}

export const cleanPlan: DirtPlan<never> = { kindOf: () => undefined };
