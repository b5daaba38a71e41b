import { createProject, mappingYaml, type TestProject } from './bson-dump.ts';

/** A database `plant`: references over three collections, children of children, unique values, rest columns. */
export const plantDatabase = 'plant';

const version = 'version: { from: version, type: bigint }';

const files: Readonly<Record<string, string>> = {
  'mappings/sites.yaml': mappingYaml({
    collection: 'sites',
    columns: [
      'id: { from: _id, type: integer }',
      version,
      'name: { from: name, type: text, unique: true, required: true }',
    ],
    more: ['rest: extra'],
  }),
  'mappings/machines.yaml': mappingYaml({
    collection: 'machines',
    columns: [
      'id: { from: _id, type: text, convert: ejson }',
      version,
      'serial: { from: serial, type: text, unique: true }',
      'site_id: { from: site, type: integer, references: sites.id }',
      'power: { from: power, type: double precision }',
    ],
    more: ['rest: extra'],
    children: {
      machine_parts: {
        key: ['machine_id', 'position'],
        columns: [
          'machine_id: { from: ^id }',
          'position: { from: $index, type: integer }',
          'kind: { from: kind, type: text }',
          'amount: { from: amount, type: integer }',
        ],
        more: ['each: parts', 'rest: extra'],
      },
      part_readings: {
        key: ['machine_id', 'position', 'reading'],
        columns: [
          'machine_id: { from: ^machine_id }',
          'position: { from: ^position }',
          'reading: { from: $index, type: integer }',
          'value: { from: $item, type: double precision }',
        ],
        more: ['each: readings', 'parent: machine_parts'],
      },
    },
  }),
  'mappings/orders.yaml': mappingYaml({
    collection: 'orders',
    columns: [
      'id: { from: _id, type: text, convert: hex }',
      version,
      'machine_id: { from: machine, type: text, convert: ejson, references: machines.id, orphans: "null" }',
      'total: { from: total, type: numeric }',
      'note: { from: note, type: text }',
    ],
    more: ['rest: extra'],
    children: {
      order_lines: {
        key: ['order_id', 'position'],
        columns: [
          'order_id: { from: ^id }',
          'position: { from: $index, type: integer }',
          'site_id: { from: site, type: integer, references: sites.id }',
          'amount: { from: amount, type: integer }',
        ],
        more: ['each: lines', 'rest: extra'],
      },
    },
  }),
};

export const plantProject = (): TestProject => createProject(files);
