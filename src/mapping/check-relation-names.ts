import type { TableDraft } from './build-table.ts';
import type { FilePath } from './mapping-file.ts';

interface NamedThing {
  readonly name: string;
  readonly what: string;
  readonly path: FilePath;
  readonly draft: TableDraft;
}

/**
 * Reports names that PostgreSQL would refuse to give twice: tables and indexes (with those of keys and unique
 * columns) share the names of one schema, the constraints of a table share its own.
 */
export function checkRelationNames(drafts: readonly TableDraft[]): void {
  const relations = new Map<string, NamedThing>();
  for (const draft of drafts) {
    const { table, file, path } = draft;
    const { primaryKey, unique, foreignKey, check, parentKey } = table.constraintNames;
    const keys = [
      { name: primaryKey, what: `the primary key of "${table.name}"`, path: [...path, 'key'], draft },
      ...columnNames(draft, unique, 'the unique constraint'),
    ];
    const inSchema = [
      { name: table.name, what: `the table "${table.name}"`, path, draft },
      ...keys,
      ...table.indexes.map(({ name, columns }, i) => ({
        name,
        what: `the index on ${columns.join(', ')} of "${table.name}"`,
        path: [...path, 'indexes', i],
        draft,
      })),
    ];
    const inTable = new Map(keys.map((thing) => [thing.name, thing]));
    const constraints = [
      ...columnNames(draft, foreignKey, 'the foreign key'),
      ...columnNames(draft, check, 'the check'),
      ...(parentKey === undefined
        ? []
        : [
            {
              name: parentKey,
              what: `the foreign key of "${table.name}" to its parent`,
              path: [...path, 'each'],
              draft,
            },
          ]),
    ];
    for (const [things, taken] of [
      [inSchema, relations],
      [constraints, inTable],
    ] as const) {
      for (const thing of things) {
        const first = taken.get(thing.name);
        if (first === undefined) taken.set(thing.name, thing);
        else if (!areOfTwins(thing, first)) {
          const problem = `${thing.what} and ${first.what} would both be called "${thing.name}"; give one a "name"`;
          file.report(thing.path, problem, 'key');
        }
      }
    }
  }
}

/** Two tables of one name are reported where collections are compared, and not again for all that is theirs. */
function areOfTwins({ draft: a }: NamedThing, { draft: b }: NamedThing): boolean {
  return a !== b && a.table.name === b.table.name;
}

function columnNames(
  draft: TableDraft,
  names: Readonly<Record<string, string>>,
  what: string,
): readonly NamedThing[] {
  return Object.entries(names).map(([column, name]) => ({
    name,
    what: `${what} of "${draft.table.name}"."${column}"`,
    path: draft.columnPath(column),
    draft,
  }));
}
