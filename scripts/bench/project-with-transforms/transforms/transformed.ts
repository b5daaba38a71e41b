import type { Transform } from 'docrow';

const names: Readonly<Record<string, string>> = { pending: 'waiting', completed: 'done', failed: 'broken' };

/** A text for a text. */
export const statusName: Transform = (status) =>
  typeof status === 'string' ? (names[status] ?? status) : status;

/** A part of a text that mostly is not there. */
export const firstLine: Transform = (error) =>
  typeof error === 'string' ? error.split('\n', 1)[0] : undefined;

/** A number from a list of documents. */
export const promptCount: Transform = (prompts) => (Array.isArray(prompts) ? prompts.length : undefined);

/** A number from a text. */
export const ratioNumber: Transform = (ratio) => {
  if (typeof ratio !== 'string') return undefined;
  const [width, height] = ratio.split(':');
  return Number(width) / Number(height);
};
