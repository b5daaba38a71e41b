import type { CollectionEncoder } from '../encoding/compile-collection.ts';
import type { TargetTable } from '../target/row-target.ts';

/** The tables that an encoder writes, as a target knows them. */
export const targetTables = (encoder: CollectionEncoder): readonly TargetTable[] =>
  encoder.tables.map(({ kind, name, columns }) => ({
    place: kind === 'document-key' ? 'state' : 'mapped',
    name,
    columns,
  }));
