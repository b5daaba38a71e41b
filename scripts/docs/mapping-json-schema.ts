import { z } from 'zod';
import { mappingFileSchema } from '../../src/mapping/mapping-schema.ts';

/**
 * The JSON Schema of a mapping file, for editors, from the schema that docrow itself reads a mapping with. In draft 7,
 * which all of them know.
 */
export function mappingJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(mappingFileSchema, { target: 'draft-7' });
  const named = {
    $schema,
    $comment: 'Made by npm run docs:generate from src/mapping/mapping-schema.ts; do not edit.',
    title: 'A docrow mapping',
    ...schema,
  };
  return `${JSON.stringify(named, null, 2)}\n`;
}
