import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type DigestForm, digestForms } from '../../../src/digest/digest-form.ts';
import { JsonbText } from '../../../src/digest/jsonb-text.ts';
import { hiddenPairs, probeValues } from '../../../src/digest/probe-values.ts';
import { copyOf } from '../../../src/encoding/memory.ts';
import type { DigestReader } from '../../../src/target/digest-reader.ts';
import { PostgresDigestReader } from '../../../src/target/postgres/digest/postgres-digest-reader.ts';
import { chooseDigestForm } from '../../../src/validation/digests/choose-form.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres-server.ts';

let database: TestDatabase;
let client: Client;
let reader: PostgresDigestReader;
beforeAll(async () => {
  database = await createDatabase(inject('postgresUri'));
  client = new Client({ connectionString: database.uri });
  await client.connect();
  reader = new PostgresDigestReader(database.uri, 'public');
});
afterAll(async () => {
  await Promise.all([client.end(), reader.close()]);
  await database.drop();
});

describe('the self-test', () => {
  /** A server on which some values have another digest. */
  const changed = (
    change: (
      form: DigestForm,
      digests: readonly (bigint | undefined)[],
    ) => readonly (bigint | undefined)[] | undefined,
  ): DigestReader => ({
    probe: async (form, values) => change(form, (await reader.probe(form, values))!),
    bucketSums: reader.bucketSums.bind(reader),
    documentTotals: reader.documentTotals.bind(reader),
    close: async () => undefined,
  });

  test.each(digestForms)('passes with %s', async (form) => {
    expect(await chooseDigestForm(reader, [form])).toBe(form);
    const digests = (await reader.probe(form, probeValues))!;
    for (const index of hiddenPairs.keys()) expect(digests[2 * index]).not.toBe(digests[2 * index + 1]);
  });

  test('takes the slower form where the fast one is not there or differs, and none where both do', async () => {
    expect(await chooseDigestForm(reader)).toBe('record');
    const without = changed((form, digests) => (form === 'record' ? undefined : digests));
    expect(await chooseDigestForm(without)).toBe('sha256');
    for (const index of probeValues.keys()) {
      const differs = changed((form, digests) =>
        form === 'record' ? digests.with(index, (digests[index] ?? 0n) + 1n) : digests,
      );
      expect(await chooseDigestForm(differs)).toBe('sha256');
    }
    expect(await chooseDigestForm(changed((_form, digests) => digests.with(3, 0n)))).toBeUndefined();
  });
});

type Json = { text: string };
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => ({ text: JSON.stringify(n) })),
  fc
    .constantFrom('-0', '-0.0', '0.00', '1.10', '1e5', '1.50E2', '12E-9', '-3e-0', '0e5', '0E-6')
    .map((text) => ({ text })),
);
const withoutNul = (text: string): boolean => !text.includes('\0');
const key = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.string({ maxLength: 40 }),
    fc.constantFrom('a', 'b', 'aa', 'ab', '"', '\\', '\n', '__proto__'),
  )
  .filter(withoutNul);
const string = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ maxLength: 700 }),
    fc.constant('\u001f\u007f/\b\f\n\r\t"\\\u2028😀'),
  )
  .filter(withoutNul)
  .map((text) => ({ text: JSON.stringify(text) }));
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    number,
    string,
    fc.constantFrom({ text: 'true' }, { text: 'false' }, { text: 'null' }),
    fc.array(tie('json')).map((items) => ({ text: `[${items.map(({ text }) => text).join()}]` })),
    fc.array(fc.tuple(key, tie('json')), { maxLength: 40 }).map((fields) => ({
      text: `{${fields.map(([name, { text }]) => `${JSON.stringify(name)}:${text}`).join()}}`,
    })),
  ),
}));

test('JSON text becomes what jsonb_send gives', async () => {
  const text = new JsonbText();
  const texts = fc.sample(json, 1000).map((one) => one.text);
  const { rows } = await client.query(
    'select jsonb_send(t::jsonb) as sent from unnest($1::text[]) with ordinality u(t, n) order by n',
    [texts],
  );
  for (const [index, one] of texts.entries()) {
    const memory = copyOf(Buffer.from(one));
    text.write(memory, 0, memory.bytes.length);
    expect(text.memory.bytes.toString('utf8', 0, text.length)).toBe(rows[index].sent.toString());
  }
});
