// Part of the programs that docrow is compared with: as one writes it for a move of one's own.

/** A value as COPY's CSV takes it. NULL is nothing at all, and an empty text is quoted. */
function csvField(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  return `"${fieldText(value).replaceAll('"', '""')}"`;
}

function fieldText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value) && value.every((item) => item === null || typeof item === 'number')) {
    return `{${value.map((item) => item ?? 'NULL').join(',')}}`;
  }
  if (isObjectId(value)) return value.toHexString();
  return JSON.stringify(value);
}

const isObjectId = (value: unknown): value is { toHexString(): string } =>
  typeof value === 'object' && value !== null && 'toHexString' in value;

/** One line of CSV with these fields of the document. */
export const csvLine = (document: Readonly<Record<string, unknown>>, columns: readonly string[]): string =>
  `${columns.map((column) => csvField(document[column])).join(',')}\n`;
