import type { Document } from 'bson';
import { flatDocument } from './flat-document.ts';
import { nestedDocument } from './nested-document.ts';

export const shapeNames = ['nested', 'flat'] as const;
export type ShapeName = (typeof shapeNames)[number];

/** One kind of documents; collection, mapping and table all have its name. */
export interface Shape {
  readonly name: ShapeName;
  /** The document with this number, always the same for the same seed. */
  readonly document: (seed: number, index: number) => Document;
  /** The table's columns in their order, as the programs that people write themselves have to know them. */
  readonly columns: readonly string[];
}

export const shapes: Readonly<Record<ShapeName, Shape>> = {
  nested: {
    name: 'nested',
    document: nestedDocument,
    columns: [
      '_id',
      'id',
      'parent_task_id',
      'variable_indices',
      'variable_types_map',
      'type_to_variable',
      'status',
      'result',
      'error',
      'retry_count',
      'prompts',
      'ratio',
      'seed',
      'use_polish',
      'created_at',
      'updated_at',
    ],
  },
  flat: {
    name: 'flat',
    document: flatDocument,
    columns: [
      '_id',
      'uuid',
      'nick_name',
      'email',
      'level',
      'ap',
      'is_vip',
      'score',
      'lang',
      'bio',
      'created_at',
      'last_login',
    ],
  },
};
