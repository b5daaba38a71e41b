import { isDeepStrictEqual } from 'node:util';
import type { CollectionMapping, TableMapping } from '../../mapping/mapping.ts';
import { typeSql } from '../../mapping/type-sql.ts';
import type { PostLoadStep } from '../target-schema.ts';
import { constraintDefinition, isMade } from './catalogue.ts';
import { catalogueType, readColumns } from './compare-table.ts';
import type { PostgresClient } from './connect.ts';
import { postLoadSteps } from './post-load-steps.ts';
import { quoteName, quoteTable } from './quote.ts';
import { stepStatements } from './table-sql.ts';

/**
 * Says by which statements tables that were loaded under one mapping fit another one: columns, their types and
 * NOT NULL, and the constraints and indexes that came, went or changed with the mapping.
 *
 * A constraint that both mappings have and the tables lack was dropped by somebody who knows why: it is left alone.
 */
export async function missingChanges(
  client: PostgresClient,
  schema: string,
  collection: CollectionMapping,
  before: Pick<CollectionMapping, 'tables'>,
): Promise<readonly string[]> {
  const stepsBefore = postLoadSteps({ ...collection, tables: before.tables });
  const steps = postLoadSteps(collection);
  const nameOf = ({ name }: PostLoadStep): string => name;
  const [known, wanted] = [new Set(stepsBefore.map(nameOf)), new Set(steps.map(nameOf))];
  const statements: string[] = [];
  for (const step of stepsBefore) {
    if (!wanted.has(step.name)) statements.push(...(await dropStatements(client, schema, step)));
  }
  for (const table of collection.tables) {
    statements.push(...(await columnStatements(client, schema, table, before)));
    statements.push(...(await checkStatements(client, schema, collection, table, before)));
  }
  for (const step of steps) {
    if (known.has(step.name) || step.kind === 'analyze' || step.kind === 'document-key') continue;
    for (const { sql, makes } of stepStatements(schema, step)) {
      if (makes !== undefined && !(await isMade(client, makes))) statements.push(sql);
    }
  }
  return statements;
}

/** What takes away that which a step of the earlier mapping made. */
async function dropStatements(
  client: PostgresClient,
  schema: string,
  step: PostLoadStep,
): Promise<readonly string[]> {
  const makes = stepStatements(schema, step).at(-1)?.makes;
  if (makes === undefined || !(await isMade(client, makes))) return [];
  const { kind, name, table } = makes;
  return kind === 'index'
    ? [`drop index ${quoteTable(schema, name)}`]
    : [`alter table ${quoteTable(schema, table)} drop constraint ${quoteName(name)}`];
}

async function columnStatements(
  client: PostgresClient,
  schema: string,
  table: TableMapping,
  before: Pick<CollectionMapping, 'tables'>,
): Promise<readonly string[]> {
  const existing = await readColumns(client, schema, table.name);
  const alter = `alter table ${quoteTable(schema, table.name)}`;
  const columnsBefore = before.tables.find(({ name }) => name === table.name)?.columns ?? [];
  const statements: string[] = [];
  for (const { name, type, required } of table.columns) {
    const found = existing.find((column) => column.name === name);
    const wasRequired = columnsBefore.some((column) => column.name === name && column.required);
    const column = quoteName(name);
    if (found === undefined) statements.push(`${alter} add column ${column} ${typeSql(type)}`);
    else if (found.type !== catalogueType(type)) {
      statements.push(`${alter} alter column ${column} type ${typeSql(type)}`);
    }
    if (found?.isNotNull && wasRequired && !required && !table.key.includes(name)) {
      statements.push(`${alter} alter column ${column} drop not null`);
    }
  }
  const { rest } = table;
  if (rest !== undefined) {
    const found = existing.find(({ name }) => name === rest.name);
    const column = quoteName(rest.name);
    if (found === undefined) statements.push(`${alter} add column ${column} jsonb`);
    else if (found.type !== 'jsonb') statements.push(`${alter} alter column ${column} type jsonb`);
  }
  return statements;
}

/** Checks that both mappings have, with other values. */
async function checkStatements(
  client: PostgresClient,
  schema: string,
  collection: CollectionMapping,
  table: TableMapping,
  before: Pick<CollectionMapping, 'tables'>,
): Promise<readonly string[]> {
  const columnsBefore = before.tables.find(({ name }) => name === table.name)?.columns ?? [];
  const statements: string[] = [];
  for (const step of postLoadSteps(collection)) {
    if (step.kind !== 'check' || step.table !== table) continue;
    const known = columnsBefore.find(({ name }) => name === step.column.name)?.check;
    if (known === undefined || isDeepStrictEqual(known, step.column.check)) continue;
    const [statement] = stepStatements(schema, step);
    const { makes, sql } = statement!;
    const alter = `alter table ${quoteTable(schema, table.name)}`;
    const wanted = sql.slice(sql.indexOf(' check ('));
    const current = await constraintDefinition(client, schema, table.name, makes!.name);
    if (
      current === undefined ||
      (await isSameCheck(client, step.column.name, typeSql(step.column.type), wanted, current))
    )
      continue;
    statements.push(`${alter} drop constraint ${quoteName(makes!.name)}`, sql);
  }
  return statements;
}

/** Whether a check means what the catalogue prints: PostgreSQL prints both, for a table that is gone at once. */
async function isSameCheck(
  client: PostgresClient,
  column: string,
  type: string,
  wanted: string,
  current: string,
): Promise<boolean> {
  await client.query('begin');
  try {
    await client.query(
      `create temporary table docrow_check (${quoteName(column)} ${type}, constraint wanted${wanted}) on commit drop`,
    );
    const { rows } = await client.query(
      `select pg_catalog.pg_get_constraintdef(oid) as definition from pg_catalog.pg_constraint
      where conname = 'wanted' and conrelid = 'pg_temp.docrow_check'::regclass`,
    );
    return rows[0]?.definition === current;
  } finally {
    await client.query('rollback');
  }
}
