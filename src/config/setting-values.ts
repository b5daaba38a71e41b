import { z } from 'zod';
import { nearestName } from '../errors/nearest-name.ts';

// Each schema takes what a flag, an environment variable (texts) or a YAML file (typed scalars) gives.

export const text = (what: string): z.ZodType<string> =>
  z
    .preprocess((input) => (typeof input === 'number' ? String(input) : input), z.string(`must be ${what}`))
    .refine((value) => value.trim() !== '', `must be ${what}, not empty`);

export const optional = <T>(schema: z.ZodType<T>): z.ZodType<T | undefined> => schema.optional();

/** true and false, and for the environment also 1, 0, yes and no. */
export const switchValue = (): z.ZodType<boolean> =>
  z.preprocess((input) => {
    if (typeof input !== 'string') return input;
    if (/^(?:true|yes|1)$/i.test(input)) return true;
    return /^(?:false|no|0)$/i.test(input) ? false : input;
  }, z.boolean('must be true or false'));

export const wholeNumber = (min: number, max = Number.MAX_SAFE_INTEGER): z.ZodType<number> => {
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`;
  const message = `must be a whole number, ${range}`;
  return z.preprocess(digitsToNumber, z.int(message).min(min, message).max(max, message));
};

export const wholeNumberOr = <W extends string>(word: W, min: number, max: number): z.ZodType<number | W> => {
  const message = `must be ${word} or a whole number, ${min} to ${max}`;
  return z.preprocess(digitsToNumber, z.union([z.literal(word), z.int().min(min).max(max)], message));
};

/** A number of bytes, or one with KiB, MiB or GiB behind it. */
export const byteSize = (min: number, max: number): z.ZodType<number> => {
  const message = `must be a size such as 8MiB, ${min} to ${max} bytes`;
  return z.preprocess(sizeToNumber, z.int(message).min(min, message).max(max, message));
};

/** One of a few words; a near miss is answered with the word that was probably meant. */
export const choice = <const W extends readonly string[]>(words: W): z.ZodType<W[number]> =>
  z.enum(words, {
    error: ({ input }) => {
      const nearest = typeof input === 'string' ? nearestName(input, words) : undefined;
      return `must be one of ${words.join(', ')}${nearest === undefined ? '' : ` (did you mean ${nearest}?)`}`;
    },
  });

/** Names with commas between them, or a YAML list. */
export const nameList = (): z.ZodType<readonly string[]> =>
  z.preprocess(
    (input) => (typeof input === 'string' ? input.split(',').map((name) => name.trim()) : input),
    z
      .array(z.string('must be names with commas between them'), 'must be names with commas between them')
      .refine(
        (names) => names.length > 0 && names.every((name) => name !== ''),
        'must not hold an empty name',
      ),
  );

const digitsToNumber = (input: unknown): unknown =>
  typeof input === 'string' && /^\d+$/.test(input.trim()) ? Number(input) : input;

const sizeUnits: Readonly<Record<string, number>> = { '': 1, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 };

const sizeToNumber = (input: unknown): unknown => {
  const parts = typeof input === 'string' ? /^\s*(\d+)\s*([kmg]ib|)\s*$/i.exec(input) : null;
  return parts === null ? input : Number(parts[1]) * sizeUnits[parts[2]!.toLowerCase()]!;
};
