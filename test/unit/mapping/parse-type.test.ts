import { describe, expect, it } from 'vitest';
import { parseType } from '../../../src/mapping/parse-type.ts';
import { typeSql } from '../../../src/mapping/type-sql.ts';

const sqlOf = (text: string): string => {
  const parsed = parseType(text);
  return 'type' in parsed ? typeSql(parsed.type) : `problem: ${parsed.problem}`;
};

describe('parseType', () => {
  it.each([
    ['int', 'integer'],
    ['INT4', 'integer'],
    ['int8', 'bigint'],
    ['int2', 'smallint'],
    ['bool', 'boolean'],
    ['float8', 'double precision'],
    ['double  precision', 'double precision'],
    ['float4', 'real'],
    ['decimal', 'numeric'],
    ['numeric(10, 2)', 'numeric(10,2)'],
    ['numeric(5)', 'numeric(5,0)'],
    ['varchar(20)', 'varchar(20)'],
    ['character varying (20)', 'varchar(20)'],
    ['varchar', 'varchar'],
    ['timestamp with time zone', 'timestamptz'],
    ['timestamp without time zone', 'timestamp'],
    ['time without time zone', 'time'],
    ['text[]', 'text[]'],
    ['integer[6]', 'integer[]'],
    ['numeric(4,1)[]', 'numeric(4,1)[]'],
    ['jsonb', 'jsonb'],
    ['bytea', 'bytea'],
  ])('reads %s as %s', (text, sql) => {
    expect(sqlOf(text)).toBe(sql);
  });

  it.each([
    ['strin', 'no type "strin"'],
    ['string', 'did you mean "text"?'],
    ['Long', 'did you mean "bigint"?'],
    ['integr', 'did you mean "integer"?'],
    ['jsonb[]', 'array of jsonb'],
    ['int[][]', 'several dimensions'],
    ['int(4)', 'takes no number'],
    ['varchar(1,2)', 'takes one number'],
    ['varchar(0)', 'between 1'],
    ['numeric(1001)', 'between 1'],
    ['numeric(2,3)', 'greater than its precision'],
    ['numeric(-1)', 'no type'],
    ['timestamp(3)', 'takes no number'],
    ['', 'no type'],
  ])('refuses %s', (text, words) => {
    expect(sqlOf(text)).toContain('problem: ');
    expect(sqlOf(text)).toContain(words);
  });
});
