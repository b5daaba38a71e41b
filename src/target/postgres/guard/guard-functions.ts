/** Of a statement that writes to more rows the first ones are recorded one by one. */
export const recordedRows = 1_000;

/** And their content up to so many bytes together; of further ones the key alone. */
const recordedBytes = 16 * 1024 * 1024;

export const newRows = 'docrow_new_rows';
export const oldRows = 'docrow_old_rows';

export interface GuardFunction {
  readonly name: string;
  /** What PostgreSQL stores as its source. */
  readonly body: string;
  readonly sql: string;
}

/**
 * Records what others wrote. Arguments of the trigger: run, collection, columns of the key.
 * Whatever it cannot record of a row must not make the write fail, which is meant to pass: then it records the
 * statement.
 */
const recordBody = `
declare
  is_delete constant boolean := tg_op = 'DELETE';
  source constant text := case when is_delete then '${oldRows}' else '${newRows}' end;
  key_sql text;
  match_sql text;
  total bigint;
begin
  if tg_op = 'TRUNCATE' then
    insert into docrow.foreign_write
      (run_id, collection, table_name, operation, place, writer, application)
    values (tg_argv[0]::uuid, tg_argv[1], tg_table_name, 'truncate', 1,
      session_user, current_setting('application_name'));
    return null;
  end if;
  execute format('select count(*) from %I', source) into total;
  if total = 0 then return null; end if;
  select string_agg(format('%L, docrow_row.%I::text', name, name), ', ' order by number),
    string_agg(format('newer.%1$I = docrow_row.%1$I', name), ' and ' order by number)
    into key_sql, match_sql
    from unnest(tg_argv[2:]) with ordinality as key_column (name, number);
  begin
    execute format(
      'insert into docrow.foreign_write
        (run_id, collection, table_name, operation, place, statement_rows, key, content, writer, application)
      select $1, $2, $3, $4, number, $5, key,
        case when not $6 and sum(octet_length(content::text)) over (order by number) <= ${recordedBytes} then content end,
        session_user, current_setting(''application_name'')
      from (
        select row_number() over () as number, jsonb_build_object(%s) as key,
          case when not $6 then row_to_json(docrow_row.*) end as content
        from %I docrow_row limit ${recordedRows}
      ) written order by number', key_sql, source)
      using tg_argv[0]::uuid, tg_argv[1], tg_table_name::text, lower(tg_op), total, is_delete;
    if tg_op = 'UPDATE' then
      execute format(
        'insert into docrow.foreign_write (run_id, collection, table_name, operation, key, writer, application)
        select $1, $2, $3, ''update'', jsonb_build_object(%s), session_user, current_setting(''application_name'')
        from ${oldRows} docrow_row
        where not exists (select from ${newRows} newer where %s) limit ${recordedRows}', key_sql, match_sql)
        using tg_argv[0]::uuid, tg_argv[1], tg_table_name::text;
    end if;
  exception when others then
    insert into docrow.foreign_write
      (run_id, collection, table_name, operation, place, statement_rows, writer, application)
    values (tg_argv[0]::uuid, tg_argv[1], tg_table_name, lower(tg_op), 1, total,
      session_user, current_setting('application_name'));
  end;
  return null;
end
`;

const refuseBody = `
begin
  raise exception using
    errcode = 'object_not_in_prerequisite_state',
    message = format('table %I.%I is kept in step with MongoDB by docrow: nobody else may write to it', tg_table_schema, tg_table_name),
    hint = 'Write to MongoDB, or end this with "docrow cutover". To let such writes pass and have them recorded, set "foreignWrites: report" in the mapping and start "docrow sync" again.',
    schema = tg_table_schema,
    table = tg_table_name;
end
`;

/**
 * Whoever writes to a table need have no rights on schema docrow, so the recording one runs with those of its owner.
 * That must not find anything of the writer's: a temporary type, too, comes after those of PostgreSQL.
 * Values are written as text by the settings of docrow's own sessions.
 */
const settings = `set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, YMD'
  set intervalstyle = 'postgres' set bytea_output = 'hex' set extra_float_digits = 1`;

const guardFunction = (name: string, security: 'definer' | 'invoker', body: string): GuardFunction => ({
  name,
  body,
  sql: `create or replace function docrow.${name}() returns trigger
    language plpgsql security ${security} ${settings} as $docrow$${body}$docrow$;
    revoke all on function docrow.${name}() from public`,
});

export const recordFunction = guardFunction('record_foreign_write', 'definer', recordBody);
export const refuseFunction = guardFunction('refuse_foreign_write', 'invoker', refuseBody);
export const guardFunctions = [recordFunction, refuseFunction] as const;
