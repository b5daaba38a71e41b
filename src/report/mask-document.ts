import type { ExtendedJson, RejectReport } from './rejects-report.ts';

/** Keys of canonical Extended JSON that wrap a value, and the type that each stands for. */
const wrappers: Readonly<Record<string, string>> = {
  $oid: 'objectId',
  $numberInt: 'int',
  $numberLong: 'long',
  $numberDouble: 'double',
  $numberDecimal: 'decimal',
  $date: 'date',
  $binary: 'binary',
  $uuid: 'binary',
  $timestamp: 'timestamp',
  $regularExpression: 'regex',
  $code: 'javascript',
  $symbol: 'symbol',
  $dbPointer: 'dbPointer',
  $minKey: 'minKey',
  $maxKey: 'maxKey',
  $undefined: 'undefined',
};

/** The shape of a document: keys stay, every value becomes the name of its BSON type in angle brackets. */
export const maskDocument = (value: ExtendedJson): ExtendedJson => {
  if (value === null) return null;
  if (typeof value === 'string') return '<string>';
  if (typeof value === 'number') return '<number>';
  if (typeof value === 'boolean') return '<bool>';
  if (isList(value)) return value.map(maskDocument);
  const keys = Object.keys(value);
  const wrapper = keys.map((key) => (Object.hasOwn(wrappers, key) ? wrappers[key] : undefined))[0];
  if (wrapper !== undefined) return `<${wrapper}>`;
  return Object.fromEntries(keys.map((key) => [key, maskDocument(value[key]!)]));
};

const isList = (value: ExtendedJson): value is readonly ExtendedJson[] => Array.isArray(value);

/** A rejection that may be shown to anybody: the document's shape instead of its values. */
export const maskReject = (report: RejectReport): RejectReport => ({
  ...report,
  document: report.document === undefined ? undefined : maskDocument(report.document),
  bytes: undefined,
  masked: true,
});
