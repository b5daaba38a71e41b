import type { z } from 'zod';
import type { FilePath, ProblemPlace } from './mapping-file.ts';
import { keysAt } from './mapping-schema.ts';
import { suggestion } from './suggestion.ts';

type SchemaIssue = z.core.$ZodIssue;

interface SchemaProblem {
  readonly path: FilePath;
  readonly message: string;
  readonly place?: ProblemPlace;
}

/** What a complaint of zod means in our words. An unknown key or a union can make several problems of it. */
export function schemaProblems(issue: SchemaIssue, above: FilePath = []): readonly SchemaProblem[] {
  const path = [...above, ...issue.path] as FilePath;
  const last = path.at(-1);
  const name =
    last === undefined
      ? 'the file'
      : typeof last === 'number'
        ? `item ${last + 1} of "${String(path.at(-2))}"`
        : `"${last}"`;
  const one = (message: string): readonly SchemaProblem[] => [{ path, message: `${name} ${message}` }];

  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const message = `unknown key "${key}"${suggestion(key, keysAt(path))}`;
      return { path: [...path, key], message, place: 'key' };
    });
  }
  if (issue.input === undefined) return one('is missing');
  switch (issue.code) {
    case 'invalid_type':
      return one(`must be ${kindOf(issue.expected)}`);
    case 'invalid_value': {
      const values = [...new Set(issue.values.map(String))];
      const hint = typeof issue.input === 'string' ? suggestion(issue.input, values) : '';
      return one(`must be ${listOf(values)}${hint}`);
    }
    case 'too_small':
      return one('cannot be empty');
    case 'invalid_union': {
      // The alternative that has the right kind of value says what is wrong inside it.
      const matching = issue.errors.find((inner) => !inner.some(isOtherKind));
      if (matching === undefined) return one(issue.message);
      return matching.flatMap((inner) => schemaProblems(inner, path));
    }
    default:
      return one(`is not valid: ${issue.message}`);
  }
}

const isOtherKind = (issue: SchemaIssue): boolean => issue.code === 'invalid_type' && issue.path.length === 0;

function kindOf(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'a text',
    boolean: 'true or false',
    array: 'a list',
    object: 'a mapping with keys',
    record: 'a mapping with keys',
  };
  return names[expected] ?? expected;
}

function listOf(values: readonly string[]): string {
  return values.length < 2 ? String(values[0]) : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}
