import { z } from 'zod';

const count = z.number().int().nonnegative();
const level = z.enum(['counts', 'digests', 'rows', 'documents']);

const side = z.object({
  rows: count,
  nulls: count,
  distinct: count.optional(),
  isDistinctExact: z.boolean().optional(),
  min: z.string().optional(),
  max: z.string().optional(),
  sum: z.string().optional(),
  averageLength: z.number().optional(),
});

const comparison = z.object({
  collection: z.string(),
  level: level.describe('The closest level that was reached'),
  documents: count.describe('In the source, then'),
  rejected: count,
  filtered: count,
  tables: z.array(
    z.object({
      table: z.string(),
      expectedRows: count,
      actualRows: count,
      missing: count,
      extra: count,
      changed: count,
    }),
  ),
  declaredLosses: z.array(z.object({ path: z.string(), kind: z.string(), documents: count })),
  notCovered: z.array(z.string()).describe('What was not looked at, in sentences'),
  roundTrip: z.object({ equal: count, declared: count, undeclared: count }).optional(),
  aggregates: z
    .array(
      z.object({
        table: z.string(),
        column: z.string(),
        type: z.string(),
        expected: side,
        actual: side,
        isEqual: z.boolean(),
      }),
    )
    .optional(),
  seconds: z.number(),
});

const difference = z.object({
  kind: z.enum(['missing-row', 'extra-row', 'changed-value', 'undeclared-loss']),
  collection: z.string(),
  table: z.string(),
  key: z.record(z.string(), z.string()).describe('Key columns and their values, as text'),
  id: z.string().optional().describe('The _id as canonical Extended JSON'),
  column: z.string().optional(),
  expected: z.string().optional().describe('Absent for NULL; hidden unless masked is false'),
  actual: z.string().optional(),
  state: z.enum(['standing', 'moving']),
  firstSeenAt: z.iso.datetime(),
});

/** A comparison of both sides inside a run's report. */
export const validationSchema = (error: z.ZodType) =>
  z.object({
    verdict: z.enum(['match', 'mismatch', 'incomplete']),
    validatedAt: z.iso.datetime(),
    collections: z.array(comparison),
    differences: z.array(difference),
    differencesTruncated: z.boolean(),
    errors: z.array(error),
  });
