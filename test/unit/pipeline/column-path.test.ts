import { expect, onTestFinished, test } from 'vitest';
import { loadMappings } from '../../../src/mapping/load-mappings.ts';
import { columnPath, sharedPath } from '../../../src/pipeline/column-path.ts';
import { createProject, mappingYaml } from '../../support/bson-dump.ts';

const yaml = mappingYaml({
  collection: 'orders',
  columns: ['id: { from: [head.id, _id], type: integer }', 'at: { from: $runTime, type: timestamptz }'],
  children: {
    lines: {
      key: ['order_id', 'n'],
      columns: [
        'order_id: { from: ^id }',
        'n: { from: $index, type: integer }',
        'sku: { from: what.sku, type: text }',
      ],
      more: ['each: body.lines'],
    },
    parts: {
      key: ['order_id', 'line', 'part'],
      columns: ['order_id: { from: ^order_id }', 'line: { from: ^n }', 'part: { from: $item, type: text }'],
      more: ['parent: lines', 'each: parts'],
    },
  },
});

async function loadOrders() {
  const project = createProject({ 'mappings/orders.yaml': yaml });
  onTestFinished(() => project.remove());
  const { collections } = await loadMappings({ projectFolder: project.dir });
  return collections[0]!;
}

test('a path leads from the document to the field, through the arrays of child tables', async () => {
  const mapping = await loadOrders();
  const paths = mapping.tables.map((table) =>
    table.columns.map(({ name }) => columnPath(mapping, table, name)),
  );
  expect(paths).toEqual([
    ['head.id', ''],
    ['head.id', 'body.lines', 'body.lines.what.sku'],
    ['head.id', 'body.lines', 'body.lines.parts'],
  ]);
});

test('what rows share is one path, or none where it is several', async () => {
  const mapping = await loadOrders();
  const [orders, lines, parts] = mapping.tables;
  expect(sharedPath(mapping, orders!, ['id'])).toBe('head.id');
  expect(sharedPath(mapping, lines!, lines!.key)).toBe('body.lines');
  expect(sharedPath(mapping, lines!, ['n', 'sku'])).toBe('');
  expect(sharedPath(mapping, parts!, parts!.key)).toBe('body.lines.parts');
  expect(sharedPath(mapping, parts!, ['order_id'])).toBe('head.id');
});
