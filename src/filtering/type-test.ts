import { bsonType, bsonTypeNames } from '../bson/bson-type.ts';
import type { YamlValue } from '../mapping/mapping.ts';
import { suggestion } from '../mapping/suggestion.ts';
import type { ValueTest } from './filter-path.ts';
import { filterProblem } from './filter-problem.ts';

const typesByName = new Map([...bsonTypeNames].map(([type, name]) => [name, type]));

const numberTypes = [bsonType.double, bsonType.int32, bsonType.int64, bsonType.decimal128];

/**
 * Makes the test of `$type`: a name or number of a BSON type, `number`, or a list of these.
 * @throws DocrowError `mapping-invalid`
 */
export function typeTest(value: YamlValue): ValueTest {
  const types = new Set<number>();
  const wanted = Array.isArray(value) ? value : [value];
  if (wanted.length === 0) throw filterProblem('$type needs at least one type');
  for (const item of wanted) {
    if (item === 'number') for (const type of numberTypes) types.add(type);
    else if (typeof item === 'string') {
      const type = typesByName.get(item);
      if (type === undefined) {
        throw filterProblem(
          `$type knows no type "${item}"${suggestion(item, [...typesByName.keys(), 'number'])}`,
        );
      }
      types.add(type);
    } else {
      // MongoDB writes MinKey as -1, whose byte is 0xff.
      const type = item === -1 ? bsonType.minKey : item;
      if (typeof type !== 'number' || !bsonTypeNames.has(type)) {
        throw filterProblem('$type must be the name or number of a BSON type');
      }
      types.add(type);
    }
  }
  return (type) => types.has(type);
}
