import { expect, test } from 'vitest';
import { splitSchema } from '../../../../scripts/bench/schema-statements.ts';

test('what docrow prints is cut into what comes before the rows and what comes after', () => {
  const sql = [
    'create schema if not exists "public";\n',
    'create table "public"."t" (\n  "a" text not null,\n  "b" uuid\n);\n',
    'create unique index "t_pkey" on "public"."t" ("b");\n',
    'alter table "public"."t" add constraint "t_pkey" primary key using index "t_pkey";\n',
    'analyze "public"."t";\n',
  ].join('\n');
  expect(splitSchema(sql)).toEqual({
    before: [
      'create schema if not exists "public"',
      'create table "public"."t" (\n  "a" text not null,\n  "b" uuid\n)',
    ],
    after: [
      'create unique index "t_pkey" on "public"."t" ("b")',
      'alter table "public"."t" add constraint "t_pkey" primary key using index "t_pkey"',
      'analyze "public"."t"',
    ],
  });
});
