import { z } from 'zod';

const hasScheme = /^([a-z][a-z0-9+.-]*):\/\//i;

/** Whether a source is a URI rather than a path. */
export const isUri = (value: string): boolean => hasScheme.test(value);

/** A MongoDB URI or a path. */
export const sourceValue = (): z.ZodType<string> =>
  z
    .string('must be a MongoDB URI or the path of a dump or export')
    .min(1, 'must be a MongoDB URI or the path of a dump or export')
    .refine(
      (value) => !isUri(value) || /^mongodb(?:\+srv)?:\/\//i.test(value),
      'must be a mongodb:// or mongodb+srv:// URI, or the path of a dump or export',
    );

/** A PostgreSQL URI or `embedded:`; also without the colon, which YAML wants in quotes at the end of a value. */
export const targetValue = (): z.ZodType<string> =>
  z
    .string('must be a postgres:// URI or embedded:')
    .transform((value) => (value === 'embedded' ? 'embedded:' : value))
    .refine(
      (value) => /^postgres(?:ql)?:\/\//i.test(value) || value === 'embedded:',
      'must be a postgres:// URI, or embedded: for a PostgreSQL that docrow starts itself',
    );

/** A schema of the target that docrow may fill. */
export const schemaValue = (): z.ZodType<string> =>
  z
    .string('must be the name of a schema')
    .min(1, 'must be the name of a schema')
    .refine((value) => Buffer.byteLength(value) <= 63, 'must not be longer than 63 bytes')
    .refine((value) => !value.startsWith('pg_'), 'must not begin with pg_, which PostgreSQL keeps for itself')
    .refine((value) => value !== 'docrow', 'must not be docrow, where docrow keeps its state');
