import type { CollectionMapping, TableMapping } from '../../../mapping/mapping.ts';
import type {
  BatchFindings,
  CellFinding,
  CompareOptions,
  ExpectedDocument,
  RowFinding,
  TextRows,
} from '../../row-comparer.ts';
import type { PostgresClient } from '../connect.ts';
import { documentKeyColumns } from '../row-locator.ts';
import { type CompareManner, compareStatement } from './compare-statement.ts';
import { findKeys, type KeyOfDocument, namedKey } from './find-keys.ts';
import { rowColumns } from './row-columns.ts';

/** Of rows with more characters of text, so many are compared by one statement. */
const charactersPerStatement = 16 * 1024 * 1024;

/** The rows of some documents in one table. */
interface GivenRows {
  readonly documents: readonly number[];
  readonly rows: TextRows;
}

interface TableFindings {
  readonly findings: readonly RowFinding[];
  readonly seen: readonly number[];
}

/** Compares the rows of some documents in all tables, within the caller's snapshot. */
export async function compareBatch(
  client: PostgresClient,
  schema: string,
  collection: CollectionMapping,
  given: readonly ExpectedDocument[],
  options: CompareOptions,
): Promise<BatchFindings> {
  // Documents that should have rows come first: of two with one key, the rows are theirs.
  const order = [...given.keys()].sort((a, b) => rank(given[a]!) - rank(given[b]!));
  const documents = order.map((place) => given[place]!);
  const { keys, ousted, findings: ofKeys } = await findKeys(client, schema, collection, documents);
  const findings = [...ofKeys];
  const seen: (readonly number[])[] = [];
  const expected = documents.filter(({ rows }) => rows !== undefined).length;
  const comparison = new TableComparison(client, schema, collection, options, expected);
  for (const [index, table] of collection.tables.entries()) {
    const numbers: number[] = [];
    const rows: (readonly (string | null)[])[] = [];
    for (const [number, document] of documents.entries()) {
      const own = document.rows?.[index] ?? [];
      if (ousted.has(number)) findings.push(...missingRows(table, number, own));
      else
        for (const row of own) {
          numbers.push(number);
          rows.push(row);
        }
    }
    const found =
      keys.length === 0
        ? { findings: [], seen: [] }
        : await comparison.compare(table, { documents: numbers, rows }, keys);
    findings.push(...found.findings);
    seen.push(found.seen);
  }
  return { findings: findings.map((one) => ({ ...one, document: order[one.document]! })), seen };
}

const rank = ({ rows }: ExpectedDocument): number => (rows === undefined ? 1 : 0);

/** Findings for rows that are missing as a whole. */
export function missingRows(table: TableMapping, document: number, rows: TextRows): readonly RowFinding[] {
  const places = table.key.map((name) => rowColumns(table).findIndex((column) => column.name === name));
  return rows.map((row) => ({
    document,
    table: table.name,
    kind: 'missing-row',
    key: namedKey(
      table.key,
      places.map((place) => row[place] ?? null),
    ),
    cells: [],
    bucket: undefined,
  }));
}

class TableComparison {
  readonly #client: PostgresClient;
  readonly #schema: string;
  readonly #collection: CollectionMapping;
  readonly #options: CompareOptions;
  readonly #expected: number;

  /** @param expected how many documents should have rows */
  constructor(
    client: PostgresClient,
    schema: string,
    collection: CollectionMapping,
    options: CompareOptions,
    expected: number,
  ) {
    this.#expected = expected;
    this.#client = client;
    this.#schema = schema;
    this.#collection = collection;
    this.#options = options;
  }

  async compare(
    table: TableMapping,
    given: GivenRows,
    keys: readonly KeyOfDocument[],
  ): Promise<TableFindings> {
    const { withSeen } = this.#options;
    const pieces = cut(given);
    if (pieces.length <= 1) {
      return this.#run(table, given, keys, { foundBy: 'document', keyOnly: false, withSeen });
    }
    // A statement with all of it would be too large: values piece by piece, then what is too much by the keys alone.
    const findings: RowFinding[] = [];
    for (const piece of pieces) {
      const manner = { foundBy: 'row', keyOnly: false, withSeen: false } as const;
      findings.push(...(await this.#run(table, piece, [], manner)).findings);
    }
    const whole = await this.#run(table, given, keys, { foundBy: 'document', keyOnly: true, withSeen });
    findings.push(...whole.findings.filter(({ kind }) => kind === 'extra-row'));
    return { findings, seen: whole.seen };
  }

  async #run(
    table: TableMapping,
    { documents, rows }: GivenRows,
    keys: readonly KeyOfDocument[],
    manner: CompareManner,
  ): Promise<TableFindings> {
    const { sql, columns } = compareStatement(this.#schema, this.#collection, table, manner);
    const parameters: unknown[] = [this.#options.withTexts, this.#expected, documents];
    for (const { place } of columns) parameters.push(rows.map((row) => row[place]));
    if (manner.foundBy === 'document') {
      parameters.push(keys.map(({ document }) => document));
      for (const place of documentKeyColumns(this.#collection, table).keys()) {
        parameters.push(keys.map(({ key }) => key[place]));
      }
    }
    const result = await this.#client.query(sql, parameters);
    const findings: RowFinding[] = [];
    let seen: readonly number[] = [];
    for (const row of result.rows as ComparedRow[]) {
      if (row.kind === 'seen') seen = row.seen ?? [];
      else findings.push(toFinding(table, columns, row));
    }
    return { findings, seen };
  }
}

interface ComparedRow {
  readonly document: number;
  readonly kind: 'missing' | 'extra' | 'changed' | 'seen';
  readonly key: readonly (string | null)[];
  readonly cells: readonly number[];
  readonly expected: readonly (string | null)[] | null;
  readonly actual: readonly (string | null)[] | null;
  readonly orphans: readonly boolean[];
  readonly seen: readonly number[] | null;
}

function toFinding(
  table: TableMapping,
  columns: readonly { readonly name: string }[],
  { document, kind, key, cells, expected, actual, orphans, seen }: ComparedRow,
): RowFinding {
  return {
    document,
    table: table.name,
    kind: kind === 'missing' ? 'missing-row' : kind === 'extra' ? 'extra-row' : 'changed-row',
    key: namedKey(table.key, key),
    cells: cells.map(
      (index): CellFinding => ({
        column: columns[index]!.name,
        expected: expected?.[index] ?? null,
        actual: actual?.[index] ?? null,
        isOrphan: orphans[index] === true,
      }),
    ),
    bucket: seen?.[0],
  };
}

/** Cuts rows into pieces of bounded text. */
function cut({ documents, rows }: GivenRows): readonly GivenRows[] {
  const bounds = [0];
  let characters = 0;
  for (const [index, row] of rows.entries()) {
    characters += row.reduce((sum, text) => sum + (text?.length ?? 0), 0);
    if (characters < charactersPerStatement || index === rows.length - 1) continue;
    bounds.push(index + 1);
    characters = 0;
  }
  return bounds.map((from, index) => ({
    documents: documents.slice(from, bounds[index + 1]),
    rows: rows.slice(from, bounds[index + 1]),
  }));
}
