import type { CollectionInspection, IndexInspection, InspectReport } from '../inspect-report.ts';
import { renderErrors } from './error-text.ts';
import { pathRow } from './inspect-path-text.ts';
import { printable } from './printable.ts';
import { formatBytes, formatCount, formatDocuments } from './quantities.ts';
import { joinSections } from './section.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { wrap, wrapWithMark } from './wrap.ts';

/** What is in a source, for people: each collection with a table of its paths, and what is odd at its end. */
export const renderInspection = (style: Style, report: InspectReport): string =>
  joinSections([
    headline(style, report),
    ...report.collections.flatMap((collection) => [
      collectionHead(style, collection),
      pathTable(style, collection),
      oddities(style, collection),
    ]),
    renderErrors(style, report.errors),
  ]);

const headline = (style: Style, { source, collections }: InspectReport): string => {
  const documents = collections.reduce((sum, collection) => sum + collection.documents, 0);
  const bytes = collections.reduce((sum, collection) => sum + collection.bytes, 0);
  const counts = `${formatCount(collections.length)} ${collections.length === 1 ? 'collection' : 'collections'}, ${formatDocuments(documents)}, ${formatBytes(bytes)}`;
  const looked = collections.some(({ isSample }) => isSample) ? ' looked at' : '';
  return `${style.bold(`Database ${printable(source.database)}`)}: ${counts}${looked}`;
};

const collectionHead = (style: Style, collection: CollectionInspection): string => {
  const { name, skipped, decision } = collection;
  const facts = skipped === undefined ? sizeFacts(collection).join(' · ') : '';
  const title = style.bold(style.name(printable(name)));
  const fits = printable(name).length + facts.length + 2 <= style.width;
  const notes = [
    decision,
    skipped === undefined ? sampleNote(collection) : skipped,
    ...optionNotes(collection),
    indexNote(collection.indexes),
  ];
  const lines = notes
    .filter((note) => note !== undefined)
    .flatMap((note) => wrap(printable(note), style.width - 2).map((line) => style.dim(`  ${line}`)));
  if (fits) return [facts === '' ? title : `${title}  ${facts}`, ...lines].join('\n');
  return [title, ...wrap(facts, style.width - 2).map((line) => `  ${line}`), ...lines].join('\n');
};

const sizeFacts = ({
  documents,
  bytes,
  averageBytes,
  largestBytes,
  depth,
  idTypes,
}: CollectionInspection): readonly string[] => {
  if (documents === 0) return ['no documents'];
  return [
    formatDocuments(documents),
    `${formatBytes(bytes)} (${formatBytes(averageBytes)} each, the largest ${formatBytes(largestBytes)})`,
    `${depth} ${depth === 1 ? 'level' : 'levels'}`,
    `_id ${idTypes.map(({ type }) => type).join(', ') || 'missing'}`,
  ];
};

const sampleNote = ({
  isSample,
  documents,
  sampledRanges,
  estimatedDocuments,
}: CollectionInspection): string | undefined => {
  if (!isSample) return undefined;
  const all = estimatedDocuments === undefined ? '' : ` of about ${formatCount(estimatedDocuments)}`;
  if (sampledRanges === undefined) return `the ${formatDocuments(documents)}${all} before the damage`;
  return sampledRanges === 1
    ? `a sample: the first ${formatDocuments(documents)}${all}`
    : `a sample: ${formatDocuments(documents)}${all}, from ${sampledRanges} places`;
};

const optionNotes = ({
  collation,
  validator,
  viewOn,
  timeField,
}: CollectionInspection): readonly (string | undefined)[] => [
  viewOn === undefined ? undefined : `view on ${viewOn}`,
  timeField === undefined ? undefined : `time field ${timeField}`,
  collation === undefined ? undefined : `collation ${collation}`,
  validator === undefined ? undefined : `validator ${validator}`,
];

const indexNote = (indexes: readonly IndexInspection[]): string | undefined => {
  const shown = indexes.filter(({ name }) => name !== '_id_').map(describeIndex);
  return shown.length === 0 ? undefined : `indexes: ${shown.join('; ')}`;
};

const describeIndex = (index: IndexInspection): string => {
  const keys = index.keys.map(({ path, kind }) =>
    kind === 1 ? path : `${path} ${kind === -1 ? 'desc' : kind}`,
  );
  const options = [
    ...(index.isUnique ? ['unique'] : []),
    ...(index.isSparse ? ['sparse'] : []),
    ...(index.partialFilter === undefined ? [] : [`where ${index.partialFilter}`]),
    ...(index.expireAfterSeconds === undefined
      ? []
      : [`expires after ${formatCount(index.expireAfterSeconds)} s`]),
    ...(index.collation === undefined ? [] : [`collation ${index.collation}`]),
  ];
  return `${index.name} (${keys.join(', ')})${options.length === 0 ? '' : ` ${options.join(', ')}`}`;
};

const pathTable = (style: Style, { paths }: CollectionInspection): string | undefined => {
  if (paths.length === 0) return undefined;
  return renderTable(
    style,
    [
      { title: 'Path', narrowest: 24 },
      { title: 'Present', align: 'right' },
      { title: 'Types', narrowest: 16 },
      { title: 'Values', narrowest: 24 },
    ],
    paths.map((path) => pathRow(style, path)),
  );
};

const oddities = (style: Style, collection: CollectionInspection): string | undefined => {
  const { oddities: found } = collection;
  if (found.length === 0) return undefined;
  return found
    .map(({ message }) => wrapWithMark('!', printable(message), style.width))
    .map((text) => text.replace('!', style.warning('!')))
    .join('\n');
};
