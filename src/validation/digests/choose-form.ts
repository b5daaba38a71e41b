import { type DigestForm, digestForms } from '../../digest/digest-form.ts';
import { hiddenPairs, probeValues } from '../../digest/probe-values.ts';
import { digestValue } from '../../digest/row-digest.ts';
import type { DigestReader } from '../../target/digest-reader.ts';

/**
 * Chooses how rows are hashed by a test on the connected server: JavaScript and PostgreSQL have to agree on values of
 * every type, and pairs of values that PostgreSQL's own hashes of their types cannot tell apart have to differ.
 * @param forms those that may be used, the best first
 * @returns undefined when none passes: then rows have to be compared themselves
 */
export async function chooseDigestForm(
  reader: DigestReader,
  forms: readonly DigestForm[] = digestForms,
): Promise<DigestForm | undefined> {
  for (const form of forms) if (await isUsable(reader, form)) return form;
  return undefined;
}

async function isUsable(reader: DigestReader, form: DigestForm): Promise<boolean> {
  const digests = await reader.probe(form, probeValues);
  if (digests === undefined) return false;
  const agrees = probeValues.every(({ type, field }, index) => {
    const digest = digests[index];
    return digest === undefined || digest === digestValue(type, field, form);
  });
  // The pairs stand at the beginning of the list, one after the other.
  const tellsApart = hiddenPairs.every((_, index) => digests[2 * index] !== digests[2 * index + 1]);
  return agrees && tellsApart;
}
