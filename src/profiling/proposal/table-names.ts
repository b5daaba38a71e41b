import { type NameStyle, nameOf, singular } from './column-name.ts';
import { FreeNames } from './free-names.ts';
import type { FieldPlan } from './proposal.ts';

/**
 * The names of one table's columns. Fields of the source get theirs first; the columns that the table needs besides
 * take what is free.
 */
export class TableNames {
  readonly #names = new FreeNames();
  readonly #style: NameStyle;
  readonly #byPlan = new Map<FieldPlan, string>();

  constructor(style: NameStyle, plans: readonly FieldPlan[]) {
    this.#style = style;
    for (const plan of plans) {
      if (plan.kind !== 'column') continue;
      const item = plan.choice.type.endsWith('[]') ? 'values' : 'value';
      this.#byPlan.set(plan, this.#names.take(plan.path.length === 0 ? item : nameOf(plan.path, style)));
    }
  }

  column(plan: FieldPlan): string {
    return this.#byPlan.get(plan) ?? this.#names.take(nameOf(plan.path, this.#style));
  }

  /** For `_id`. */
  key(): string {
    return this.#names.take('id', '_id', 'document_id');
  }

  /** For the `_id` itself beside a key that is made from it. */
  hiddenId(): string {
    return this.#names.take('_id', 'document_id');
  }

  /** For a column of the parent's key: `order_id`, and below it `line_position`. */
  parentKey(parent: string, column: string, index: number, columns: number): string {
    const one = singular(parent);
    if (index < columns - 1) return this.#names.take(column, nameOf(['parent', column], 'keep'));
    const bare = column.replace(/^_+/, '');
    return this.#names.take(nameOf([one, bare], 'keep'), nameOf(['parent', one, bare], 'keep'));
  }

  position(): string {
    return this.#names.take('position', 'ordinal', 'array_position');
  }

  rest(): string {
    return this.#names.take('extra', 'extra_fields', 'rest', 'rest_fields');
  }
}
