import { rowsOf } from '../../checkpoint/checkpoint-store.ts';
import type { CollectionMapping, ColumnMapping, ColumnType, TableMapping } from '../../mapping/mapping.ts';
import { typeSql } from '../../mapping/type-sql.ts';
import type { ColumnAggregates, SideAggregates } from '../../report/validation-report.ts';
import type { AggregateReader, StoredAggregates } from '../../target/aggregate-reader.ts';
import type { DocumentsParts } from '../documents/documents-parts.ts';
import { readAbsences } from '../documents/expected-absences.ts';
import { ExpectedRows } from '../documents/expected-rows.ts';
import { readDocuments } from '../documents/read-documents.ts';
import { restType } from '../documents/same-cell.ts';
import { ColumnSums } from './column-sums.ts';

export interface AggregateParts extends Omit<DocumentsParts, 'texts'> {
  readonly aggregates: AggregateReader;
}

/**
 * Adds up every column on both sides: rows, nulls, different values, extremes, exact sums of integers and numerics, and
 * average lengths. The source side is computed from the documents by the plain conversion, in one pass.
 *
 * What cannot be told from the documents is not judged: in columns with `orphans: "null"`, once references were cleared,
 * only the number of rows. Tables that held rows before the load are left out.
 * @throws DocrowError `interrupted`, and what source and target report
 */
export async function aggregateColumns(
  parts: AggregateParts,
  mapping: CollectionMapping,
): Promise<readonly ColumnAggregates[]> {
  const { store, digests, run, aggregates, signal } = parts;
  const absences = await readAbsences(digests, run.runId, mapping, run.identity.kind === 'mongo');
  const expected = new ExpectedRows(parts, mapping, absences);
  const sums = mapping.tables.map((table) =>
    columnsOf(table).map(({ name, type }) => new ColumnSums(name, type)),
  );
  for await (const documents of readDocuments(parts, mapping, 'all')) {
    for (const bytes of documents) {
      for (const [table, { rows }] of expected.rowsOf(bytes)?.rows.entries() ?? []) {
        for (const row of rows) for (const [column, text] of row.entries()) sums[table]![column]!.add(text);
      }
    }
  }
  const stored = await aggregates.columnAggregates(mapping, signal);
  const records = await store.collections(run.runId);
  const record = records.find(({ collection }) => collection === mapping.collection);
  const hasCleared = (await digests.clearedIds(run.runId, mapping.collection)).length > 0;
  return mapping.tables.flatMap((table, place) => {
    if (record !== undefined && rowsOf(record.rowsBefore, table.name) > 0) return [];
    return columnsOf(table).map(({ name, type, mapped }, index): ColumnAggregates => {
      const [source, target] = [sums[place]![index]!.result(), stored[place]![index]!];
      const isJudged = !(hasCleared && mapped?.references?.orphans === 'null');
      return {
        table: table.name,
        column: name,
        type: typeSql(type),
        expected: sideOf(source),
        actual: sideOf(target),
        isEqual: source.rows === target.rows && (!isJudged || isSame(source, target)),
      };
    });
  });
}

interface AddedColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Undefined for the rest column. */
  readonly mapped: ColumnMapping | undefined;
}

const columnsOf = ({ columns, rest }: TableMapping): readonly AddedColumn[] => [
  ...columns.map((mapped) => ({ name: mapped.name, type: mapped.type, mapped })),
  ...(rest === undefined ? [] : [{ name: rest.name, type: restType, mapped: undefined }]),
];

const isSame = (a: StoredAggregates, b: StoredAggregates): boolean =>
  a.nulls === b.nulls &&
  isSameText(a.min, b.min) &&
  isSameText(a.max, b.max) &&
  a.sum === b.sum &&
  a.totalLength === b.totalLength &&
  (a.distinct === undefined || b.distinct === undefined || a.distinct === b.distinct);

/** Floating-point numbers have more than one text: 1e+21 is 1000000000000000000000. */
const isSameText = (a: string | undefined, b: string | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && /[.e]/.test(a + b) && Number(a) === Number(b));

function sideOf({ rows, nulls, distinct, min, max, sum, totalLength }: StoredAggregates): SideAggregates {
  return {
    rows,
    nulls,
    ...(distinct === undefined ? {} : { distinct, isDistinctExact: true }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(sum === undefined ? {} : { sum }),
    ...(totalLength === undefined ? {} : { averageLength: Number(totalLength) / (rows - nulls) }),
  };
}
