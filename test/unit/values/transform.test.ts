import { Decimal128, ObjectId } from 'bson';
import { describe, expect, it } from 'vitest';
import type { ColumnMapping } from '../../../src/mapping/mapping.ts';
import type { Transform } from '../../../src/mapping/transform.ts';
import type { PlainOutcome } from '../../../src/values/plain-outcome.ts';
import { columnOf, convertColumnOf, convertFields, mappingOf, row } from '../../support/plain-conversion.ts';
import { type RawField, raw } from '../../support/raw-bson.ts';

const oid = '65a1b2c3d4e5f60718293a4b';
const rest = { name: 'rest' };

const rejected = (code: string, path: string) => expect.objectContaining({ kind: 'rejected', code, path });

describe('transform', () => {
  const transformed = (
    transform: Transform,
    fields: readonly RawField[],
    type: string,
    given: Partial<ColumnMapping> = {},
  ): PlainOutcome =>
    convertFields(
      fields,
      mappingOf([columnOf(type, { transform: 'f', ...given })]),
      new Map([['f', transform]]),
    );

  it.each<[Transform, string, string]>([
    [(value) => value, 'integer', '5'],
    [() => 1.5, 'numeric', '1.5'],
    [() => 2 ** 40, 'bigint', '1099511627776'],
    [() => -0, 'double precision', '-0'],
    [() => 2n ** 60n, 'bigint', '1152921504606846976'],
    [() => 'x', 'text', 'x'],
    [() => true, 'boolean', 'true'],
    [() => new Date(0), 'timestamptz', '1970-01-01 00:00:00+00'],
    [() => Uint8Array.of(1), 'bytea', '\\x01'],
    [() => new ObjectId(oid), 'text', oid],
    [() => Decimal128.fromString('1.50'), 'numeric', '1.50'],
    [() => [1, null], 'integer[]', '{"1",NULL}'],
    [() => ({ a: { b: 1 }, c: undefined }), 'jsonb', '{"a":{"b":1}}'],
    [(_value, document) => document.get('w', 'x'), 'text', 'deep'],
    [(_value, document) => document.has('nothing'), 'boolean', 'false'],
  ])('%# gives a %s', (transform, type, expected) => {
    const fields: RawField[] = [
      ['v', raw.int32(5)],
      ['w', raw.document([['x', raw.string('deep')]])],
    ];
    expect(transformed(transform, fields, type)).toEqual(row(expected));
  });

  it('is called for missing and null, and its missing takes the default', () => {
    const seen: unknown[] = [];
    const note: Transform = (value) => {
      seen.push(value);
      return undefined;
    };
    expect(transformed(note, [], 'integer', { default: 7 })).toEqual(row('7'));
    expect(transformed(note, [['v', raw.null()]], 'integer', { default: 7 })).toEqual(row('7'));
    expect(seen).toEqual([undefined, null]);
  });

  it('that throws, or gives what BSON cannot hold, sets the document aside', () => {
    const failures: Transform[] = [
      () => {
        throw new RangeError('secret');
      },
      () => 'half \ud800',
      () => new Date(Number.NaN),
      () => 2n ** 63n,
    ];
    for (const failure of failures) {
      const outcome = transformed(failure, [['v', raw.int32(1)]], 'text', { mismatch: 'null' });
      expect(outcome).toEqual(rejected('transform-failed', 'v'));
      expect(JSON.stringify(outcome)).not.toContain('secret');
    }
  });

  it('result that does not fit is a mismatch like any other', () => {
    expect(transformed(() => 'x', [['v', raw.int32(1)]], 'integer')).toEqual(rejected('value-mismatch', 'v'));
    expect(
      convertFields(
        [['v', raw.int32(1)]],
        mappingOf([columnOf('integer', { transform: 'f', mismatch: 'rest' })], { rest }),
        new Map([['f', () => 'x']]),
      ),
    ).toMatchObject({ tables: [{ rows: [[null, '{"v":{"$numberInt":"1"}}']] }] });
  });

  it('is looked for by name', () => {
    expect(() => convertColumnOf([], 'text', { transform: 'none' })).toThrowError(
      expect.objectContaining({ code: 'transform-invalid' }),
    );
  });
});
