import { type MappingText, mappingYaml } from './bson-dump.ts';

/** Orders, with lines, and parts of each line: three levels. The key of the root table leads back to `_id`. */
export const orders = (more: Partial<MappingText> = {}): string =>
  mappingYaml({
    collection: 'orders',
    columns: ['id: { from: _id, type: text, convert: ejson }', 'code: { from: code, type: text }'],
    children: {
      lines: {
        key: ['order_id', 'n'],
        columns: [
          'order_id: { from: ^id }',
          'n: { from: $index, type: integer }',
          'sku: { from: sku, type: text }',
        ],
        more: ['each: lines', 'rest: { column: extra, type: jsonb }'],
      },
      parts: {
        key: ['order_id', 'line', 'n'],
        columns: [
          'order_id: { from: ^order_id }',
          'line: { from: ^n }',
          'n: { from: $index, type: smallint }',
          'part: { from: $item, type: text }',
        ],
        more: ['parent: lines', 'each: parts'],
      },
    },
    ...more,
  });

/** An order: of each line its sku, then its parts. */
export const order = (id: unknown, ...lines: readonly (readonly string[])[]) => ({
  _id: id,
  lines: lines.map(([sku, ...parts]) => ({ sku, parts })),
});
