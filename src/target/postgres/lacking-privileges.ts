import type { CollectionMapping } from '../../mapping/mapping.ts';
import type { LackingPrivilege } from '../target-probe.ts';
import type { PostgresClient } from './connect.ts';
import { quoteName, quoteTable } from './quote.ts';

const stateSchema = 'docrow';

/** What a role may do with a schema; `isThere` is false for one that has to be made. */
interface SchemaRights {
  readonly isThere: boolean;
  readonly usage: boolean;
  readonly create: boolean;
}

/** The privileges that a load needs and the connection's role does not have, each with the statement that gives it. */
export async function lackingPrivileges(
  client: PostgresClient,
  schema: string,
  collections: readonly CollectionMapping[],
): Promise<readonly LackingPrivilege[]> {
  const { rows } = await client.query(
    `select current_user as role, pg_catalog.current_database() as database,
      pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') as may_create`,
  );
  const {
    role,
    database,
    may_create: mayCreate,
  } = rows[0] as {
    role: string;
    database: string;
    may_create: boolean;
  };
  const lacking: LackingPrivilege[] = [];
  const own = await schemaRights(client, schema);
  const state = await schemaRights(client, stateSchema);
  const missing = [own.isThere ? [] : [schema], state.isThere ? [] : [stateSchema]].flat();
  if (missing.length > 0 && !mayCreate) {
    lacking.push({
      purpose: `make the ${missing.length === 1 ? 'schema' : 'schemas'} ${missing.join(' and ')}`,
      statement: `grant create on database ${quoteName(database)} to ${quoteName(role)};`,
    });
  }
  for (const [name, rights, purpose] of [
    [schema, own, 'make the tables'],
    [stateSchema, state, "keep docrow's checkpoints"],
  ] as const) {
    const wanted = [rights.usage ? [] : ['usage'], rights.create ? [] : ['create']].flat();
    if (!rights.isThere || wanted.length === 0) continue;
    lacking.push({
      purpose: `${purpose} in schema ${name}`,
      statement: `grant ${wanted.join(', ')} on schema ${quoteName(name)} to ${quoteName(role)};`,
    });
  }
  const tables = collections.flatMap((collection) => collection.tables.map(({ name }) => name));
  return [
    ...lacking,
    ...(await foreignTables(client, schema, tables, role)),
    ...(await stateTables(client, role)),
  ];
}

async function schemaRights(client: PostgresClient, schema: string): Promise<SchemaRights> {
  const { rows } = await client.query(
    `select pg_catalog.has_schema_privilege(oid, 'USAGE') as usage, pg_catalog.has_schema_privilege(oid, 'CREATE') as create
      from pg_catalog.pg_namespace where nspname = $1`,
    [schema],
  );
  const [found] = rows;
  if (found === undefined) return { isThere: false, usage: true, create: true };
  return { isThere: true, usage: found.usage, create: found.create };
}

/** Tables that are there and belong to a role that this one is no member of: no index could be built on them. */
async function foreignTables(
  client: PostgresClient,
  schema: string,
  tables: readonly string[],
  role: string,
): Promise<readonly LackingPrivilege[]> {
  const { rows } = await client.query(
    `select c.relname as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname = any($2::text[]) and c.relkind in ('r', 'p')
        and not pg_catalog.pg_has_role(current_user, c.relowner, 'USAGE') order by 1`,
    [schema, [...tables]],
  );
  return rows.map(({ name }) => ({
    purpose: `load ${name}, and build its keys and indexes`,
    statement: `alter table ${quoteTable(schema, name)} owner to ${quoteName(role)};`,
  }));
}

async function stateTables(client: PostgresClient, role: string): Promise<readonly LackingPrivilege[]> {
  const { rowCount } = await client.query(
    `select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relkind = 'r'
        and not (pg_catalog.has_table_privilege(c.oid, 'SELECT') and pg_catalog.has_table_privilege(c.oid, 'INSERT')
          and pg_catalog.has_table_privilege(c.oid, 'UPDATE') and pg_catalog.has_table_privilege(c.oid, 'DELETE'))
      limit 1`,
    [stateSchema],
  );
  if (rowCount === 0) return [];
  return [
    {
      purpose: "keep docrow's checkpoints",
      statement: `grant select, insert, update, delete on all tables in schema ${quoteName(stateSchema)} to ${quoteName(role)};`,
    },
  ];
}
