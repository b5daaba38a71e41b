import { DocrowError } from '../errors/docrow-error.ts';
import type { YamlValue } from '../mapping/mapping.ts';
import { suggestion } from '../mapping/suggestion.ts';
import { type ComparisonOperator, comparisonTest } from './compare-test.ts';
import { isExtendedJson, isObject, parseLiteral, type YamlObject } from './filter-literal.ts';
import {
  anyUnderPath,
  type FilterPath,
  missingType,
  parseFilterPath,
  type ValueTest,
} from './filter-path.ts';
import { filterProblem } from './filter-problem.ts';
import { regexTest } from './regex-test.ts';
import { typeTest } from './type-test.ts';

/** Says whether the document at `start` is wanted; `view` lies over the same memory as `bytes`. */
export type DocumentFilter = (bytes: Uint8Array, view: DataView, start: number) => boolean;

/**
 * Compiles the `where` of a mapping into a test on raw documents, with the meaning that MongoDB gives the query.
 *
 * Supported: equality, `$eq $ne $gt $gte $lt $lte $in $nin $exists $type $regex $options $not` on paths, and
 * `$and $or $nor`; values may be Extended JSON. The test makes no garbage but for `$regex`, checks the bounds of what
 * it passes, and throws `document-corrupt` where they are wrong.
 * @param file the mapping file, to be named in the error
 * @throws DocrowError `mapping-invalid` naming what is not supported
 */
export function compileFilter(where: YamlValue, file?: string): DocumentFilter {
  try {
    return compileQuery(where);
  } catch (error) {
    if (!(error instanceof DocrowError) || file === undefined) throw error;
    throw DocrowError.fromProblems('mapping-invalid', [{ message: error.message, location: file }]);
  }
}

const comparisons: readonly string[] = ['$eq', '$gt', '$gte', '$lt', '$lte'] satisfies ComparisonOperator[];
const queryOperators = ['$and', '$or', '$nor'];
const pathOperators = [
  ...comparisons,
  '$ne',
  '$in',
  '$nin',
  '$exists',
  '$type',
  '$regex',
  '$options',
  '$not',
];

function compileQuery(query: YamlValue): DocumentFilter {
  if (!isObject(query)) throw filterProblem('a query must be an object with paths or operators');
  return all(
    Object.entries(query).map(([key, value]) => {
      if (!key.startsWith('$')) return compileCondition(parseFilterPath(key), value);
      if (!queryOperators.includes(key)) throw unsupported(key, queryOperators);
      if (!Array.isArray(value) || value.length === 0) throw filterProblem(`${key} needs a list of queries`);
      const parts = value.map(compileQuery);
      if (key === '$and') return all(parts);
      return key === '$or' ? any(parts) : not(any(parts));
    }),
  );
}

function compileCondition(path: FilterPath, condition: YamlValue): DocumentFilter {
  const isOperators = isObject(condition) && hasOperator(condition) && !isExtendedJson(condition);
  return isOperators ? compileOperators(path, condition) : compileOperator(path, '$eq', condition, {});
}

function compileOperators(path: FilterPath, operators: YamlObject): DocumentFilter {
  if ('$options' in operators && !('$regex' in operators))
    throw filterProblem('$options needs $regex beside it');
  const names = Object.keys(operators).filter((name) => name !== '$options');
  return all(names.map((name) => compileOperator(path, name, operators[name]!, operators)));
}

/** @param beside the object in which the operator stands */
function compileOperator(
  path: FilterPath,
  name: string,
  value: YamlValue,
  beside: YamlObject,
): DocumentFilter {
  const onPath = (test: ValueTest): DocumentFilter => {
    return (bytes, view, start) => anyUnderPath(path, test, bytes, view, start);
  };
  switch (name) {
    case '$eq':
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return onPath(comparisonTest(name, parseLiteral(value)));
    case '$ne':
      return not(onPath(comparisonTest('$eq', parseLiteral(value))));
    case '$in':
      return onPath(listTest(name, value));
    case '$nin':
      return not(onPath(listTest(name, value)));
    case '$exists': {
      const exists = onPath((type) => type !== missingType);
      return isTruthy(value) ? exists : not(exists);
    }
    case '$type':
      return onPath(typeTest(value));
    case '$regex':
      return onPath(regexTest(value, beside['$options']));
    case '$not':
      if (!isObject(value) || !hasOperator(value) || isExtendedJson(value)) {
        throw filterProblem('$not needs an object with operators');
      }
      return not(compileOperators(path, value));
    default:
      throw unsupported(name, pathOperators);
  }
}

function listTest(name: string, values: YamlValue): ValueTest {
  if (!Array.isArray(values)) throw filterProblem(`${name} needs a list of values`);
  const tests = values.map((value) => comparisonTest('$eq', parseLiteral(value)));
  return (type, bytes, view, at) => {
    for (const test of tests) if (test(type, bytes, view, at)) return true;
    return false;
  };
}

function isTruthy(value: YamlValue): boolean {
  if (typeof value === 'boolean' || typeof value === 'number') return Boolean(value);
  throw filterProblem('$exists must be true or false');
}

const hasOperator = (value: YamlObject): boolean => Object.keys(value).some((key) => key.startsWith('$'));

function unsupported(name: string, supported: readonly string[]): DocrowError {
  const hint = name.startsWith('$') ? suggestion(name, supported) : '';
  return filterProblem(`${name} is not a supported operator here; there are ${supported.join(', ')}${hint}`);
}

function all(filters: readonly DocumentFilter[]): DocumentFilter {
  if (filters.length === 1) return filters[0]!;
  return (bytes, view, start) => {
    for (const filter of filters) if (!filter(bytes, view, start)) return false;
    return true;
  };
}

function any(filters: readonly DocumentFilter[]): DocumentFilter {
  return (bytes, view, start) => {
    for (const filter of filters) if (filter(bytes, view, start)) return true;
    return false;
  };
}

function not(filter: DocumentFilter): DocumentFilter {
  return (bytes, view, start) => !filter(bytes, view, start);
}
