import { z } from 'zod';

/**
 * The mapping language: one YAML file, as it is written. What zod cannot say in one place (names that must exist,
 * types that must agree) is checked afterwards; the result of both is the model in mapping.ts.
 */

const text = z.string().min(1);
const texts = z.array(text).min(1);
const flag = z.boolean();

const convertNames = ['uuidv5', 'ejson', 'hex', 'epoch-ms', 'epoch-s', 'iso', 'text', 'base64'] as const;

// Descriptions are what an editor shows at a key; docs/mapping.md is the long form.
const columnSchema = z.strictObject({
  from: z
    .union([text, texts], { error: 'must be a path or a list of paths' })
    .describe(
      'Where the value comes from: a path such as address.city, _id, $idTime, $runTime, or a list of which the first that is there counts. In a child table paths begin at the element, and there are $index, $item and ^column of the parent.',
    ),
  skipNull: flag.describe('In a list of sources, go on past those that are null.').optional(),
  type: text
    .describe(
      'PostgreSQL type: smallint, integer, bigint, numeric, numeric(p,s), real, double precision, boolean, text, varchar(n), uuid, bytea, date, time, timestamp, timestamptz, jsonb, json, or an array of all but the last two. May be left out for ^column and $index.',
    )
    .optional(),
  required: flag.describe('Not null: a document without the value is set aside.').optional(),
  default: z.unknown().describe('The value where the field is missing.').optional(),
  nullDefault: flag.describe('Use the default for null as well.').optional(),
  // In YAML `mismatch: null` is the value null and not the text.
  mismatch: z
    .literal(['reject', 'null', 'rest', null])
    .describe(
      'A value that the type cannot hold without loss: reject sets the document aside, null drops it, rest keeps it in the rest column. Default: what the table says, else reject.',
    )
    .optional(),
  nul: z
    .enum(['reject', 'strip', 'escape', 'rest'])
    .describe('A text with a NUL character, which PostgreSQL cannot hold. Default: reject.')
    .optional(),
  json: z
    .enum(['natural', 'canonical'])
    .describe(
      'Form of json and jsonb; canonical (Extended JSON) leads back to every value. Default: natural.',
    )
    .optional(),
  convert: z.enum(convertNames).describe('A built-in conversion, before the type applies.').optional(),
  transform: text
    .describe(
      'Name of a function that transforms/<name of this file>.ts exports and that computes the value.',
    )
    .optional(),
  check: z
    .array(
      z.union([z.string(), z.number(), flag], {
        error: 'must be a text, a number up to 2^53, true or false',
      }),
    )
    .min(1)
    .describe('The values that are allowed besides null.')
    .optional(),
  unique: flag.describe('A unique constraint.').optional(),
  references: text.describe('A foreign key: table.column, which is a whole key or unique.').optional(),
  orphans: z
    .literal(['reject', 'null', 'allow', null])
    .describe('A reference to a row that is not there. Default: reject.')
    .optional(),
  name: text.describe("The name of the column's constraint, where it has exactly one.").optional(),
});

const indexSchema = z.strictObject({
  columns: texts.describe('Columns in the order of the index.'),
  where: text.describe('SQL predicate of a partial index.').optional(),
  unique: flag.describe('Documents that stand against it are set aside.').optional(),
  method: z.enum(['btree', 'hash', 'gin', 'gist', 'brin']).describe('Default: btree.').optional(),
  name: text.describe('Default: made of the names of table and columns.').optional(),
});

const tableSchema = z.strictObject({
  each: text
    .describe(
      "Makes it a child table with one row per element: the array's path in what the parent's rows are made from, or $item where the parent's element is the array itself.",
    )
    .optional(),
  parent: text
    .describe('The table, of this file, whose document or element has the array. Default: the root table.')
    .optional(),
  mismatch: z
    .enum(['reject', 'rest'])
    .describe(
      'Default for the mismatch of its columns. In a child table also what happens to an element that is no document and to a value that is no array. Default: reject.',
    )
    .optional(),
  key: texts.describe(
    "Columns of the primary key. That of a child table begins with the parent's key, taken with ^column, and has more.",
  ),
  columns: z.record(z.string(), columnSchema).describe('The columns by name, in the order of the table.'),
  rest: z
    .union([text, z.strictObject({ column: text, type: z.literal('jsonb').optional() })], {
      error: 'must be the name of a column, or { column, type: jsonb }',
    })
    .describe('One more column, of type jsonb, for every field that nothing else takes.')
    .optional(),
  unmapped: z
    .enum(['reject', 'ignore'])
    .describe('Without rest: what happens to a field that nothing takes. Default: reject.')
    .optional(),
  indexes: z.array(indexSchema).describe('Indexes, built after the load.').optional(),
});

export const mappingFileSchema = z.strictObject({
  collection: text.describe("The collection's name in MongoDB."),
  where: z
    .record(z.string(), z.unknown())
    .describe('Which documents are wanted, as a MongoDB query; others are counted as filtered.')
    .optional(),
  duplicates: z
    .enum(['reject', 'last'])
    .describe('A document with a key twice: set aside, or the last one counts. Default: reject.')
    .optional(),
  onReject: z
    .enum(['remove', 'keep'])
    .describe(
      'While changes are followed: what happens to the rows of a document that is set aside now and was not before. Default: remove.',
    )
    .optional(),
  foreignWrites: z
    .enum(['report', 'refuse'])
    .describe(
      'While changes are followed: whether writes of others to the tables are recorded, or refused by PostgreSQL. Default: report.',
    )
    .optional(),
  tables: z
    .record(z.string(), tableSchema)
    .describe('The tables by name: one root table with a row per document, and child tables with "each".'),
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
