import type { ColumnType, PlainTypeName } from '../mapping/mapping.ts';

/** One value, as PostgreSQL reads it and as COPY BINARY carries it. */
export interface ProbeValue {
  readonly type: ColumnType;
  /** Undefined for NULL. */
  readonly text: string | undefined;
  readonly field: Uint8Array | undefined;
  /** The first version that has the value at all, as `server_version_num` says it. */
  readonly since?: number;
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const jsonb = (text: string): Buffer => Buffer.concat([Buffer.of(1), Buffer.from(text)]);

const value = (name: PlainTypeName, text: string, field: Buffer, since?: number): ProbeValue => ({
  type: { name, array: false },
  text,
  field,
  ...(since === undefined ? {} : { since }),
});

const list = (name: PlainTypeName, text: string, field: Buffer): ProbeValue => ({
  type: { name, array: true },
  text,
  field,
});

const missing = (name: PlainTypeName, array = false): ProbeValue => ({
  type: { name, array },
  text: undefined,
  field: undefined,
});

/** `[0, 1, … 69]` with the elements at two places exchanged. */
function longArray(a: number, b: number): string {
  const items = Array.from({ length: 70 }, (_, i) => (i === a ? b : i === b ? a : i));
  return JSON.stringify(items);
}

const jsonText = (text: string): ProbeValue => value('jsonb', text, jsonb(text));
const json = (text: string): ProbeValue => value('json', text, Buffer.from(text));

/**
 * Values that PostgreSQL's own hashes of their types cannot tell apart: both sides have to agree on each, and the two
 * have to differ. A form of digest that fails here is not used.
 */
export const hiddenPairs: readonly (readonly [ProbeValue, ProbeValue])[] = [
  [
    value('numeric', '5', hex('0001 0000 0000 0000 0005')),
    value('numeric', '-5', hex('0001 0000 4000 0000 0005')),
  ],
  [missing('numeric'), value('numeric', '0.0', hex('0000 0000 0000 0001'))],
  [missing('numeric'), value('numeric', 'NaN', hex('0000 0000 c000 0000'))],
  [missing('double precision'), value('double precision', '0', hex('00000000 00000000'))],
  [
    value('double precision', '0', hex('00000000 00000000')),
    value('double precision', '-0', hex('80000000 00000000')),
  ],
  [
    value('numeric', '1.1', hex('0002 0000 0000 0001 0001 03e8')),
    value('numeric', '1.10', hex('0002 0000 0000 0002 0001 03e8')),
  ],
  [missing('jsonb'), jsonText('{}')],
  [missing('jsonb'), jsonText('[]')],
  [jsonText('{}'), jsonText('[]')],
  [jsonText('5'), jsonText('-5')],
  [jsonText('1.1'), jsonText('1.10')],
  [jsonText(longArray(0, 0)), jsonText(longArray(2, 66))],
  [value('bigint', '1', hex('00000000 00000001')), value('bigint', '4294967296', hex('00000001 00000000'))],
  [
    list('integer', '{1}', hex('00000001 00000000 00000017 00000001 00000001 00000004 00000001')),
    list('integer', '[0:0]={1}', hex('00000001 00000000 00000017 00000001 00000000 00000004 00000001')),
  ],
  [
    list('integer', '{1}', hex('00000001 00000000 00000017 00000001 00000001 00000004 00000001')),
    list(
      'integer',
      '{{1}}',
      hex('00000002 00000000 00000017 00000001 00000001 00000001 00000001 00000004 00000001'),
    ),
  ],
  [missing('integer', true), list('integer', '{}', hex('00000000 00000000 00000017'))],
  [json('{"a":1,"b":2}'), json('{"b":2,"a":1}')],
  [json('{"a":1}'), json('{"a": 1}')],
  [missing('text'), value('text', '', hex(''))],
];

/** A value or more of each type, on which both sides have to agree. */
export const probeValues: readonly ProbeValue[] = [
  ...hiddenPairs.flat(),
  value('smallint', '-2', hex('fffe')),
  value('integer', '305419896', hex('12345678')),
  value('bigint', '-2', hex('ffffffff fffffffe')),
  value('numeric', '12345.678', hex('0003 0001 0000 0003 0001 0929 1a7c')),
  value('numeric', 'Infinity', hex('0000 0000 d000 0000'), 140_000),
  value('numeric', '-Infinity', hex('0000 0000 f000 0000'), 140_000),
  value('real', '1.5', hex('3fc00000')),
  value('double precision', '-1.5', hex('bff80000 00000000')),
  value('boolean', 'true', hex('01')),
  value('boolean', 'false', hex('00')),
  value('text', 'Größe 😀', Buffer.from('Größe 😀')),
  value('varchar', 'x', Buffer.from('x')),
  value('uuid', '00112233-4455-6677-8899-aabbccddeeff', hex('00112233445566778899aabbccddeeff')),
  value('bytea', '\\x00ff7f80', hex('00ff7f80')),
  value('date', '2000-01-02', hex('00000001')),
  value('time', '00:00:01.5', hex('00000000 0016e360')),
  value('timestamp', '1999-12-31 23:59:59', hex('ffffffff fff0bdc0')),
  value('timestamptz', '2000-01-01 00:00:01+00', hex('00000000 000f4240')),
  list('text', '{a,NULL}', hex('00000001 00000001 00000019 00000002 00000001 00000001 61 ffffffff')),
  jsonText('{"bb":1,"a":[true,null,"x"],"":{"z":-0.0,"y":1.50E2,"x":12e-7}}'),
  jsonText('{"a":1,"a":2,"\\n":"\\u001f\\"\\\\\\t\u007f/ é"}'),
  jsonText('"Größe 😀"'),
];
