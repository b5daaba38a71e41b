import { z } from 'zod';

/**
 * The mapping language: one YAML file, as it is written. What zod cannot say in one place (names that must exist,
 * types that must agree) is checked afterwards; the result of both is the model in mapping.ts.
 */

const text = z.string().min(1);
const texts = z.array(text).min(1);
const flag = z.boolean();

const convertNames = ['uuidv5', 'ejson', 'hex', 'epoch-ms', 'epoch-s', 'iso', 'text', 'base64'] as const;

const columnSchema = z.strictObject({
  from: z.union([text, texts], { error: 'must be a path or a list of paths' }),
  skipNull: flag.optional(),
  type: text,
  required: flag.optional(),
  default: z.unknown().optional(),
  nullDefault: flag.optional(),
  // In YAML `mismatch: null` is the value null and not the text.
  mismatch: z.literal(['reject', 'null', 'rest', null]).optional(),
  nul: z.enum(['reject', 'strip', 'escape', 'rest']).optional(),
  json: z.enum(['natural', 'canonical']).optional(),
  convert: z.enum(convertNames).optional(),
  transform: text.optional(),
  check: z
    .array(
      z.union([z.string(), z.number(), flag], {
        error: 'must be a text, a number up to 2^53, true or false',
      }),
    )
    .min(1)
    .optional(),
  unique: flag.optional(),
  references: text.optional(),
  orphans: z.literal(['reject', 'null', 'allow', null]).optional(),
  name: text.optional(),
});

const indexSchema = z.strictObject({
  columns: texts,
  where: text.optional(),
  unique: flag.optional(),
  method: z.enum(['btree', 'hash', 'gin', 'gist', 'brin']).optional(),
  name: text.optional(),
});

const tableSchema = z.strictObject({
  key: texts,
  columns: z.record(z.string(), columnSchema),
  rest: z
    .union([text, z.strictObject({ column: text, type: z.literal('jsonb').optional() })], {
      error: 'must be the name of a column, or { column, type: jsonb }',
    })
    .optional(),
  unmapped: z.enum(['reject', 'ignore']).optional(),
  indexes: z.array(indexSchema).optional(),
});

export const mappingFileSchema = z.strictObject({
  collection: text,
  where: z.record(z.string(), z.unknown()).optional(),
  duplicates: z.enum(['reject', 'last']).optional(),
  tables: z.record(z.string(), tableSchema),
});

export type WrittenColumn = z.infer<typeof columnSchema>;
export type WrittenIndex = z.infer<typeof indexSchema>;
export type WrittenTable = z.infer<typeof tableSchema>;
export type WrittenMapping = z.infer<typeof mappingFileSchema>;

/** The keys that may stand under a path of a mapping file; none where the keys are names of the author's. */
export function keysAt(path: readonly (string | number)[]): readonly string[] {
  if (path.length === 0) return Object.keys(mappingFileSchema.shape);
  if (path[0] !== 'tables') return [];
  if (path.length === 2) return Object.keys(tableSchema.shape);
  if (path[2] === 'columns' && path.length === 4) return Object.keys(columnSchema.shape);
  if (path[2] === 'indexes' && path.length === 4) return Object.keys(indexSchema.shape);
  return path[2] === 'rest' ? ['column', 'type'] : [];
}
