import { z } from 'zod';
import { validationSchema } from './validation-schema.ts';

const time = z.iso.datetime().describe('ISO 8601, UTC');
const count = z.number().int().nonnegative();
const countsByTable = z.record(z.string(), count).describe('Rows by table');
const errorCode = z.string().describe('One of docs/error-codes.md');

const documents = {
  read: count.describe('Always loaded + rejected + filtered'),
  loaded: count,
  rejected: count,
  filtered: count,
  bytes: z.number().describe('BSON bytes that were read'),
  seconds: z.number(),
};

const collection = z.object({
  collection: z.string(),
  ...documents,
  rows: countsByTable,
  state: z.enum(['loading', 'loaded', 'done', 'stopped']),
  fingerprint: z.string().describe('SHA-256 of what the mapping means'),
  rowsBefore: countsByTable.describe('Rows that were there before, where the run appends'),
  ranges: z.object({ done: count, total: count }),
  steps: z.array(z.object({ table: z.string(), step: z.string(), isDone: z.boolean() })),
  startedAt: time,
  finishedAt: time.optional(),
});

const adjustment = z.object({
  collection: z.string(),
  table: z.string(),
  column: z.string(),
  kind: z.enum([
    'mismatch-null',
    'mismatch-rest',
    'orphan-null',
    'nul-stripped',
    'nul-escaped',
    'nul-rest',
    'unmapped-rest',
  ]),
  path: z.string().optional(),
  documents: count,
});

const attempt = z.object({
  number: count,
  startedAt: time,
  version: z.string().describe('Of docrow'),
  node: z.string(),
  system: z.string(),
  cores: count,
  memoryBytes: z.number(),
  workers: count,
});

const error = z.object({
  code: errorCode,
  message: z.string(),
  hint: z.string(),
  location: z.string().optional(),
});

const syncedCollection = z.object({
  collection: z.string(),
  events: count.describe('Of the source; several of one document count each'),
  read: count.describe('Documents that were read again: always loaded + rejected + filtered'),
  loaded: count,
  rejected: count,
  filtered: count,
  changed: count.describe('Documents whose rows were inserted or updated'),
  deleted: count.describe('Documents whose rows were deleted; not among read'),
  unchanged: count,
  rows: countsByTable.describe('Rows inserted, updated or deleted, by table'),
  bytes: z.number(),
  setAsideNow: count,
  cursorField: z.string().optional().describe('The field whose values tell what changed'),
  stopped: z
    .object({ code: errorCode, reason: z.string(), at: time.optional() })
    .optional()
    .describe('Why it is followed no more'),
  changedAt: time.optional(),
});

const sync = z.object({
  startedAt: time,
  isFollowed: z.boolean().describe('Whether a process followed the changes when the report was made'),
  position: z
    .object({ sourceTime: time, clusterTime: z.string().describe('seconds:increment') })
    .optional()
    .describe('Up to here every change is in the tables'),
  lagSeconds: z.number().optional().describe('From the position until the report was made'),
  movedAt: time.describe('When the position was stored last'),
  recoveringFrom: time.optional(),
  events: count,
  batches: count.describe('Transactions that changed something'),
  collections: z.array(syncedCollection),
});

/** What `docrow report --format json` writes. */
export const runReportSchema = z.object({
  command: z.literal('report'),
  exitCode: z.literal(0),
  product: z.object({ name: z.literal('docrow'), version: z.string() }),
  madeAt: time,
  masked: z.boolean().describe('Whether values of documents were hidden'),
  verdict: z.object({
    tone: z.enum(['good', 'attention', 'bad']),
    title: z.string(),
    sentences: z.array(z.string()),
  }),
  checks: z.array(
    z.object({
      collection: z.string(),
      name: z.string(),
      outcome: z.enum(['passed', 'failed', 'skipped']),
      details: z.array(z.string()),
    }),
  ),
  runId: z.string(),
  number: count.describe('Order of the runs in the target, from 1'),
  state: z.enum(['running', 'interrupted', 'failed', 'finished']),
  version: z.string().describe('Version of docrow that began the run'),
  startedAt: time,
  finishedAt: time.optional(),
  runTime: time.describe('The value of $runTime in mappings'),
  source: z.object({
    kind: z.enum(['mongo', 'dump', 'export']),
    database: z.string(),
    changePosition: z.string().optional(),
  }),
  target: z.object({ schema: z.string(), postgres: z.string() }),
  attempts: z.array(attempt),
  collections: z.array(collection),
  totals: z.object({ ...documents, rows: count }),
  rejections: z.array(
    z.object({
      collection: z.string(),
      code: errorCode,
      path: z.string(),
      reason: z.string(),
      documents: count,
    }),
  ),
  adjustments: z.array(adjustment),
  retries: z.array(
    z.object({
      collection: z.string(),
      startedAt: time,
      finishedAt: time.optional(),
      loaded: count,
      fingerprintBefore: z.string(),
      fingerprint: z.string(),
      changes: z.array(z.string()),
    }),
  ),
  sync: sync.optional().describe('How the tables were kept in step after the load'),
  cutOverAt: time.optional().describe('When the switch to PostgreSQL was recorded'),
  changedAt: time.optional().describe('When docrow last wrote rows of the run'),
  throughput: z.array(
    z.object({
      attempt: count,
      startedAt: time,
      spanSeconds: z.number(),
      spans: z.array(z.object({ documents: z.number(), bytes: z.number() })),
    }),
  ),
  validation: validationSchema(error).optional().describe('The last comparison of both sides'),
  notes: z.array(z.string()),
  errors: z.array(error),
});

/** The JSON Schema of a run's report, for programs that read it. */
export function runReportJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(runReportSchema, { target: 'draft-7', io: 'input' });
  const named = {
    $schema,
    $comment: 'Made by npm run docs:generate from scripts/docs/run-report-schema.ts; do not edit.',
    title: 'The report of a docrow run',
    ...schema,
  };
  return `${JSON.stringify(named, null, 2)}\n`;
}
