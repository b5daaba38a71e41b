import type { Document } from 'bson';
import { flatDocument } from './flat-document.ts';
import { nestedDocument } from './nested-document.ts';
import { orderDocument, rowsOfOrder } from './order-document.ts';

export const shapeNames = ['nested', 'flat', 'transformed', 'orders'] as const;
export type ShapeName = (typeof shapeNames)[number];

/** Those that are loaded as they are into one table; most figures are of them. */
export const plainShapes: readonly ShapeName[] = ['nested', 'flat'];

/** One kind of documents; collection, mapping and root table all have its name. */
export interface Shape {
  readonly name: ShapeName;
  /**
   * The project folder with its mapping. The one with transforms is by itself: docrow loads those of a whole project,
   * and what that takes is not to be in the other figures.
   */
  readonly project: 'project' | 'project-with-transforms';
  /** The document with this number, always the same for the same seed. */
  readonly document: (seed: number, index: number) => Document;
  /** Parents before children. */
  readonly tables: readonly string[];
  /** Rows in all tables together that come of a document. */
  readonly rowsOf: (document: Document) => number;
  /**
   * The root table's columns in their order, as the programs that people write themselves have to know them; of the
   * shapes that such programs load.
   */
  readonly columns: readonly string[] | undefined;
}

const oneRow = (): number => 1;

export const shapes: Readonly<Record<ShapeName, Shape>> = {
  nested: {
    name: 'nested',
    project: 'project',
    document: nestedDocument,
    tables: ['nested'],
    rowsOf: oneRow,
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
    project: 'project',
    document: flatDocument,
    tables: ['flat'],
    rowsOf: oneRow,
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
  transformed: {
    name: 'transformed',
    project: 'project-with-transforms',
    document: nestedDocument,
    tables: ['transformed'],
    rowsOf: oneRow,
    columns: undefined,
  },
  orders: {
    name: 'orders',
    project: 'project',
    document: orderDocument,
    tables: ['orders', 'order_lines'],
    rowsOf: rowsOfOrder,
    columns: undefined,
  },
};
