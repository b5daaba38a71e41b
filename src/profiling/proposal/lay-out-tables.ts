import type { CollectionProfile, ObjectProfile, ValueProfile } from '../profile.ts';
import { type NameStyle, nameOf, singular } from './column-name.ts';
import { countOf, countText, quoted } from './count-text.ts';
import { evidenceOf, typesText } from './evidence.ts';
import type { FreeNames } from './free-names.ts';
import { keepColumns } from './keep-columns.ts';
import { planFields } from './plan-fields.ts';
import {
  type Decision,
  eachElement,
  type FieldPlan,
  type ProposedColumn,
  type ProposedTable,
} from './proposal.ts';
import { type KeyChoice, proposeKey } from './propose-key.ts';
import { TableNames } from './table-names.ts';
import { takeTableName } from './take-table-name.ts';
import { writePath } from './write-path.ts';

export interface LayOutContext {
  readonly style: NameStyle;
  /** Names of tables and what shares their space, of all collections. */
  readonly relations: FreeNames;
  readonly decisions: Decision[];
}

/** The root table of a collection and its child tables, with names for everything. */
export function layOutTables(
  { root, documents, missingIds, isSample }: CollectionProfile,
  tableName: string,
  context: LayOutContext,
): readonly ProposedTable[] {
  const id = root.fields.find(({ key, isBrokenKey }) => key === '_id' && !isBrokenKey)?.value;
  const key = proposeKey(id);
  const plans = planFields(root, { rows: documents, nesting: 0, tables: 0 }, [], '_id');
  const names = new TableNames(context.style, plans);
  const keyName = names.key();
  const hiddenName = key.hidesId ? names.hiddenId() : undefined;
  const tables: ProposedTable[] = [];
  const table: ProposedTable = {
    name: tableName,
    parent: undefined,
    each: undefined,
    steps: [],
    rows: documents,
    key: [keyName],
    columns: [idColumn(keyName, key, id, documents)],
    rest: names.rest(),
    indexes: [],
    notes: [],
    indexNotes: [],
  };
  if (hiddenName !== undefined) table.columns.unshift(hiddenIdColumn(hiddenName, id, documents));
  noteKey(table, key, id, { documents, missingIds, isSample }, context);
  const { columns, children } = keepColumns(plans, root);
  noteLeftOut(table, plans.length - columns.length - children.length, root, context);
  tables.push(finish(table, columns, names, context));
  layOutChildren(tables, table, children, context);
  return tables;
}

function layOutChildren(
  tables: ProposedTable[],
  parent: ProposedTable,
  children: readonly Extract<FieldPlan, { kind: 'child' }>[],
  context: LayOutContext,
): void {
  for (const plan of children) {
    const array = nameOf(plan.path, context.style);
    // `transaction_transactions` would say nothing that `transaction_items` does not say better.
    const isAlike = singular(array) === singular(parent.name);
    const last = plan.path.length === 0 || isAlike ? 'items' : array;
    const name = takeTableName(nameOf([singular(parent.name), last], context.style), context.relations);
    const item = plan.fields.find(({ path }) => path.length === 0);
    const names = new TableNames(context.style, plan.fields);
    const parentKey = parent.key.map((column, i) => ({
      column,
      name: names.parentKey(parent.name, column, i, parent.key.length),
    }));
    const position = names.position();
    const table: ProposedTable = {
      name,
      parent,
      each: writePath(plan.path),
      steps: [...parent.steps, ...plan.path, eachElement],
      rows: plan.elements,
      key: [...parentKey.map((column) => column.name), position],
      columns: [
        ...parentKey.map((column) => structural(column.name, `^${column.column}`)),
        { ...structural(position, '$index'), choice: { type: 'integer', outliers: 0 } },
      ],
      rest: names.rest(),
      indexes: [],
      notes: childNotes(plan, parent),
      indexNotes: [],
    };
    const { columns, children: below } = keepColumns(plan.fields, undefined);
    noteLeftOut(table, plan.fields.length - columns.length - below.length, undefined, context);
    tables.push(finish(table, columns, names, context));
    layOutChildren(tables, table, item?.kind === 'child' ? [item] : below, context);
  }
}

function finish(
  table: ProposedTable,
  plans: readonly Extract<FieldPlan, { kind: 'column' }>[],
  names: TableNames,
  { decisions }: LayOutContext,
): ProposedTable {
  for (const plan of plans) {
    const column = fieldColumn(names.column(plan), plan, table.rows);
    table.columns.push(column);
    noteColumn(table, column, plan, decisions);
  }
  return table;
}

const structural = (name: string, from: string): ProposedColumn => ({
  name,
  from,
  path: undefined,
  value: undefined,
  choice: undefined,
  isUnique: false,
  references: undefined,
  evidence: undefined,
  notes: [],
});

function idColumn(
  name: string,
  { choice }: KeyChoice,
  id: ValueProfile | undefined,
  documents: number,
): ProposedColumn {
  const evidence = id === undefined ? undefined : evidenceOf(id, documents);
  return { ...structural(name, '_id'), path: ['_id'], value: id, choice, evidence };
}

function hiddenIdColumn(name: string, id: ValueProfile | undefined, documents: number): ProposedColumn {
  const evidence = id === undefined ? undefined : evidenceOf(id, documents);
  return {
    ...structural(name, '_id'),
    path: ['_id'],
    value: id,
    choice: { type: 'jsonb', json: 'canonical', nul: 'escape', outliers: 0 },
    evidence,
  };
}

function fieldColumn(
  name: string,
  { path, value, choice }: Extract<FieldPlan, { kind: 'column' }>,
  rows: number,
): ProposedColumn {
  return { ...structural(name, writePath(path)), path, value, choice, evidence: evidenceOf(value, rows) };
}

function noteColumn(
  table: ProposedTable,
  column: ProposedColumn,
  { value, choice, path }: Extract<FieldPlan, { kind: 'column' }>,
  decisions: Decision[],
): void {
  const decide = (text: string): void =>
    void decisions.push({ table: table.name, column: column.name, text });
  if (choice.outliers > 0) {
    const what = choice.type.endsWith('[]')
      ? `${countOf(choice.outliers, 'element')} of another type: such arrays stay`
      : `${countOf(choice.outliers, 'value')} of another type: kept`;
    decide(`${what} in the rest column`);
  }
  if (choice.nul === 'escape') {
    decide('texts with a NUL character are stored escaped, and each backslash of the column twice');
  }
  const kinds = typesText(value);
  const isMixed = choice.type === 'jsonb' && kinds.length > 1;
  if (isMixed && path.length > 0) decide(`no type holds all of ${kinds.join(', ')}: canonical Extended JSON`);
  if (choice.type === 'uuid' && value.strings !== undefined && value.binaries !== undefined) {
    decide('UUIDs are stored as texts and as binaries; in the column they are alike');
  }
  if (choice.type === 'timestamptz' && value.strings !== undefined && value.dates !== undefined) {
    decide('dates and RFC 3339 texts; in the column they are alike');
  }
}

function noteKey(
  table: ProposedTable,
  key: KeyChoice,
  id: ValueProfile | undefined,
  { documents, missingIds, isSample }: Pick<CollectionProfile, 'documents' | 'missingIds' | 'isSample'>,
  { decisions }: LayOutContext,
): void {
  const decide = (text: string): void =>
    void decisions.push({ table: table.name, column: table.key[0], text });
  const { convert, type } = key.choice;
  if (key.hidesId) decide('the `_id`s may be too long for an index; the key is a uuid made from each');
  else if (convert === 'ejson' && id !== undefined) {
    decide(`the \`_id\`s (${typesText(id).join(', ') || 'null'}) are stored as canonical Extended JSON`);
  }
  if (isSample && documents > 0 && convert !== 'ejson' && !key.hidesId) {
    decide(`seen in a sample: a document with an \`_id\` that does not fit ${type} would be set aside`);
  }
  if (missingIds > 0)
    decide(
      `${countOf(missingIds, 'document')} without an \`_id\`: docrow makes one from its place in the file`,
    );
}

function noteLeftOut(
  table: ProposedTable,
  leftOut: number,
  root: ObjectProfile | undefined,
  { decisions }: LayOutContext,
): void {
  const decide = (text: string): void => void decisions.push({ table: table.name, text });
  if (leftOut > 0) {
    decide(`${countOf(leftOut, 'rare field')} more than PostgreSQL can hold as columns: in the rest column`);
  }
  if (root?.isMap) decide('the keys of the documents are data: all of it is in the rest column');
}

/** Where several states of the array give no row, the reader of the mapping is told. */
function childNotes({ value, path }: Extract<FieldPlan, { kind: 'child' }>, parent: ProposedTable): string[] {
  const { arrays } = value;
  if (arrays === undefined) return [];
  const missing = path.length === 0 ? 0 : parent.rows - value.count;
  const nulls = value.types.find(({ type }) => type === 'null')?.count ?? 0;
  const states = [
    ...(missing > 0 ? [`${countText(missing)} missing`] : []),
    ...(nulls > 0 ? [`${countText(nulls)} null`] : []),
    ...(arrays.empty > 0 ? [`${countText(arrays.empty)} empty`] : []),
  ];
  const rows = `${countText(arrays.count)} of ${countText(parent.rows)} have the array ${path.length === 0 ? '' : `${quoted(path.join('.'))} `}`;
  const most = `with up to ${countText(arrays.maxLength)} of ${countOf(arrays.elements, 'element')}`;
  const alike =
    states.length === 0
      ? ''
      : `; ${states.join(', ')}${states.length > 1 ? ', which are alike here: no rows' : ''}`;
  return [`${rows}${most}${alike}`];
}
