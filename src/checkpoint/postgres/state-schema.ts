/**
 * docrow's own tables in the target, one statement list per version. A version that was released is never edited;
 * a later one alters it. docs/state.md explains them to the people who query them.
 */
export const stateVersions: readonly (readonly string[])[] = [
  [
    'create schema if not exists docrow',
    `create table docrow.schema_migration (
      version integer primary key,
      applied_at timestamptz not null default now()
    )`,
    `create table docrow.run (
      run_id uuid primary key default gen_random_uuid(),
      run_number bigint generated always as identity,
      source_kind text not null,
      source_database text not null,
      source_fingerprint text not null,
      target_schema text not null,
      run_time timestamptz not null,
      epoch integer not null default 0,
      status text not null default 'running',
      docrow_version text not null,
      started_at timestamptz not null default now(),
      finished_at timestamptz,
      foreign_writes_told text,
      cut_over_at timestamptz
    )`,
    `create table docrow.collection_run (
      run_id uuid not null references docrow.run on delete cascade,
      collection text not null,
      mapping_fingerprint text not null,
      mapping json not null,
      status text not null default 'loading',
      tables text[] not null,
      created_tables text[] not null,
      rows_before jsonb not null default '{}',
      estimated_documents bigint,
      set_aside bigint not null default 0,
      rows_set_aside jsonb not null default '{}',
      seconds double precision not null default 0,
      error_code text,
      started_at timestamptz not null default now(),
      finished_at timestamptz,
      primary key (run_id, collection)
    )`,
    `create table docrow.range (
      run_id uuid not null,
      collection text not null,
      range_number integer not null,
      lower_bound bytea,
      upper_bound bytea,
      position bytea,
      position_text text,
      is_done boolean not null default false,
      read bigint not null default 0,
      loaded bigint not null default 0,
      rejected bigint not null default 0,
      filtered bigint not null default 0,
      bytes bigint not null default 0,
      rows jsonb not null default '{}',
      adjustments jsonb not null default '{}',
      updated_at timestamptz not null default now(),
      primary key (run_id, collection, range_number),
      foreign key (run_id, collection) references docrow.collection_run on delete cascade
    )`,
    `create table docrow.attempt (
      run_id uuid not null references docrow.run on delete cascade,
      epoch integer not null,
      docrow_version text not null,
      environment jsonb not null,
      started_at timestamptz not null default now(),
      primary key (run_id, epoch)
    )`,
    `create table docrow.chunk (
      run_id uuid not null,
      collection text not null,
      epoch integer not null,
      documents bigint not null,
      bytes bigint not null,
      started_at timestamptz not null,
      committed_at timestamptz not null,
      foreign key (run_id, collection) references docrow.collection_run on delete cascade
    )`,
    `create table docrow.rejection (
      rejection_number bigint generated always as identity primary key,
      run_id uuid not null,
      collection text not null,
      id bytea,
      id_text text not null,
      code text not null,
      path text not null,
      reason text not null,
      table_name text,
      document bytea,
      rejected_at timestamptz not null default now(),
      foreign key (run_id, collection) references docrow.collection_run on delete cascade
    )`,
    'create index rejection_collection_idx on docrow.rejection (run_id, collection, code)',
    // The beginning of an `_id`: a key of an index may have 2,704 bytes and an `_id` any number of them.
    'create index rejection_id_idx on docrow.rejection (run_id, collection, pg_catalog.substr(id, 1, 1000))',
    `create table docrow.document_key (
      collection text not null,
      id bytea not null,
      key bytea[] not null
    )`,
    `create table docrow.change_position (
      run_id uuid primary key references docrow.run on delete cascade,
      cluster_time text,
      resume_token text,
      reason text,
      stored_at timestamptz not null default now()
    )`,
    `create table docrow.step (
      run_id uuid not null,
      collection text not null,
      table_name text not null,
      name text not null,
      is_done boolean not null default false,
      finished_at timestamptz,
      primary key (run_id, name),
      foreign key (run_id, collection) references docrow.collection_run on delete cascade
    )`,
    `create table docrow.retry (
      retry_number bigint generated always as identity primary key,
      run_id uuid not null,
      collection text not null,
      fingerprint_before text not null,
      mapping_fingerprint text not null,
      changes text[] not null,
      loaded bigint not null default 0,
      adjustments jsonb not null default '{}',
      docrow_version text not null,
      started_at timestamptz not null default now(),
      finished_at timestamptz,
      foreign key (run_id, collection) references docrow.collection_run on delete cascade
    )`,
    `create table docrow.validation (
      validation_number bigint generated always as identity primary key,
      run_id uuid not null references docrow.run on delete cascade,
      level text not null,
      verdict text not null,
      report jsonb not null,
      validated_at timestamptz not null default now()
    )`,
    `create table docrow.digest_range (
      run_id uuid not null,
      collection text not null,
      range_number integer not null,
      plan text not null,
      content bytea not null,
      finished_at timestamptz not null default now(),
      primary key (run_id, collection, range_number),
      foreign key (run_id, collection) references docrow.collection_run on delete cascade
    )`,
    `create table docrow.audit (
      audit_number bigint generated always as identity primary key,
      run_id uuid not null references docrow.run on delete cascade,
      action text not null,
      collection text not null,
      id bytea,
      id_text text not null,
      table_name text not null,
      column_name text,
      happened_at timestamptz not null default now()
    )`,
    `create table docrow.sync (
      run_id uuid primary key references docrow.run on delete cascade,
      cluster_time text,
      resume_token text,
      recovery_time text,
      recovery_token text,
      events bigint not null default 0,
      batches bigint not null default 0,
      is_settled boolean not null default false,
      started_at timestamptz not null default now(),
      moved_at timestamptz not null default now()
    )`,
    `create table docrow.sync_collection (
      run_id uuid not null,
      collection text not null,
      events bigint not null default 0,
      read bigint not null default 0,
      loaded bigint not null default 0,
      rejected bigint not null default 0,
      filtered bigint not null default 0,
      inserted bigint not null default 0,
      updated bigint not null default 0,
      deleted bigint not null default 0,
      unchanged bigint not null default 0,
      bytes bigint not null default 0,
      rows jsonb not null default '{}',
      stop_code text,
      stop_reason text,
      stop_time text,
      cursor_field text,
      cursor_value bytea,
      cursor_text text,
      changed_at timestamptz,
      primary key (run_id, collection),
      foreign key (run_id, collection) references docrow.collection_run on delete cascade
    )`,
    `create table docrow.cutover (
      run_id uuid primary key references docrow.run on delete cascade,
      cluster_time text,
      report jsonb not null
    )`,
    'create index audit_id_idx on docrow.audit (run_id, collection, pg_catalog.substr(id, 1, 1000))',
    `create table docrow.write_period (
      run_id uuid not null references docrow.run on delete cascade,
      epoch integer not null,
      started xid8 not null default pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()),
      ended pg_snapshot,
      primary key (run_id, epoch)
    )`,
    `create table docrow.guarded_table (
      run_id uuid not null,
      collection text not null,
      table_name text not null,
      guarded_from xid8 not null,
      is_checked boolean not null default false,
      primary key (run_id, table_name),
      foreign key (run_id, collection) references docrow.collection_run on delete cascade
    )`,
    // No foreign key: whoever writes to a table must not wait for, or fail by, what becomes of the run.
    `create table docrow.foreign_write (
      write_number bigint generated always as identity primary key,
      run_id uuid not null,
      collection text not null,
      table_name text not null,
      operation text not null,
      place integer,
      statement_rows bigint,
      key jsonb,
      content json,
      writer text,
      application text,
      transaction_id xid8 not null default pg_catalog.pg_current_xact_id(),
      recorded_at timestamptz not null default pg_catalog.clock_timestamp()
    )`,
  ],
];
