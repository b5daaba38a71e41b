import { nameOf } from './column-name.ts';
import type { ProposedColumn } from './proposal.ts';

/** A function that a project could use: its name, and the column that it is for. */
export interface TransformHint {
  readonly name: string;
  readonly column: string;
}

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
const localTime = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?$/;

/** What the texts of a column look like: a choice that is the author's, as a comment. */
export function textHint({ choice, value, name }: ProposedColumn): {
  readonly note: string | undefined;
  readonly transform: TransformHint | undefined;
} {
  const none = { note: undefined, transform: undefined };
  const strings = value?.strings;
  if (choice?.type !== 'text' || choice.convert !== undefined || choice.outliers > 0 || !strings?.count)
    return none;
  if (strings.dates === strings.count)
    return { ...none, note: 'all are YYYY-MM-DD: `type: date` would take them' };
  const texts = strings.values?.map(({ text }) => text);
  if (texts === undefined) return none;
  if (texts.every((text) => number.test(text))) {
    return { ...none, note: 'all look like numbers: `type: numeric` would take them as such' };
  }
  if (!texts.every((text) => localTime.test(text))) return none;
  const transform = { name: `${camelCase(name)}AsInstant`, column: name };
  return {
    note: `all are times without an offset: \`type: timestamptz, transform: ${transform.name}\` would take them, once the function in transforms/ says in which offset they are`,
    transform,
  };
}

const camelCase = (name: string): string =>
  nameOf([name], 'snake')
    .replace(/[^a-z0-9_]+/gi, '_')
    .replace(/^[_\d]+/, '')
    .replace(/_+(.?)/g, (_, next: string) => next.toUpperCase()) || 'value';

/** A transform file with the functions that comments of the mapping speak of. It is not used until the mapping names them. */
export function writeTransformStub(hints: readonly TransformHint[]): string {
  const names = new Map(hints.map((hint) => [hint.name, hint]));
  return [
    "import type { Transform } from 'docrow';",
    '',
    '/** The offset that times without one are in: Z is UTC. */',
    "const offset = 'Z';",
    ...[...names.values()].flatMap(({ name, column }) => [
      '',
      `/** Texts such as 2024-01-31T12:00:00 for the column \`${column.replaceAll('*/', '* /')}\`. */`,
      `export const ${name}: Transform = (value) =>`,
      "  typeof value === 'string' ? new Date(value.replace(' ', 'T') + offset) : value;",
    ]),
    '',
  ].join('\n');
}
