import type { Transform } from 'docrow';

/** How many prompts a subtask has; left to the column's default where the list is missing. */
export const promptCount: Transform = (prompts) => (Array.isArray(prompts) ? prompts.length : undefined);
