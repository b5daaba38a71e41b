import type { PlanReport } from '../plan-report.ts';
import { printable } from './printable.ts';
import { formatCount } from './quantities.ts';
import { titleWith } from './section.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

const shownLosses = 40;
const shownOfCollection = 12;

/** What each kind of loss means, in a few words; docs/losses.md has more. */
const lossWords: Readonly<Record<string, string>> = {
  'integer-width': 'whether it was int32 or int64',
  'number-type': 'which type of number it was',
  'negative-zero': 'the sign of -0',
  'decimal-form': 'how the Decimal128 was written',
  'type-changed': 'which type it was',
  'binary-subtype': 'the subtype of the binary',
  'timestamp-increment': 'the increment of the timestamp',
  'key-order': 'the order of keys (jsonb)',
  'duplicate-key': 'all but the last of equal keys',
  'array-keys': 'keys of an array that are not its positions',
  'extended-json-key': 'that it was a document, and no Extended JSON',
  'null-as-missing': 'null, which becomes as if missing',
  'empty-array': 'an empty array, which becomes as if missing',
  'empty-document': 'an empty sub-document, which becomes as if missing',
  'element-order': 'the order of the elements',
  'filled-in': 'that the field was missing',
  'other-path': 'which of several paths it came from',
  hashed: 'the value; a hash stays',
  computed: 'the value; what a transform makes of it stays',
  'nul-stripped': 'NUL characters (nul: strip)',
  'mismatch-null': 'values that do not fit (mismatch: null)',
  unmapped: 'the field (unmapped: ignore)',
};

/** What is lost though the documents are loaded, what concerns most documents first. */
export const renderLosses = (style: Style, { collections }: PlanReport): string | undefined => {
  const losses = collections
    .flatMap(({ collection, declaredLosses }) => declaredLosses.map((loss) => ({ collection, ...loss })))
    .sort((a, b) => b.documents - a.documents);
  if (losses.length === 0) return undefined;
  const taken = new Map<string, number>();
  const shown = losses.filter(({ collection }) => {
    const count = taken.get(collection) ?? 0;
    taken.set(collection, count + 1);
    return count < shownOfCollection;
  });
  const rows = shown
    .slice(0, shownLosses)
    .map(({ collection, path, kind, documents }) => [
      collection,
      path === '' || path === '*'
        ? { text: path === '' ? '(document)' : '(other fields)', paint: style.dim }
        : path,
      kind,
      { text: formatCount(documents) },
      lossWords[kind] ?? '',
    ]);
  return [
    titleWith(
      style,
      'Declared losses',
      'of documents that are loaded; what is not listed can be read back exactly',
    ),
    renderTable(
      style,
      [
        { title: 'Collection', narrowest: 12 },
        { title: 'Field', narrowest: 16 },
        { title: 'Kind' },
        { title: 'Documents', align: 'right' },
        { title: 'What is lost', narrowest: 20, dispensable: 1 },
      ],
      rows,
    ),
    ...starNotes(losses).map((note) => style.dim(note)),
    ...leftOut(collections, shown.slice(0, shownLosses)).map((note) => style.dim(note)),
  ].join('\n');
};

const starNotes = (losses: readonly { readonly path: string }[]): readonly string[] => [
  ...(losses.some(({ path }) => path === '*')
    ? ['(other fields): those beyond the 2,000 that are told apart, or keys that are data, counted together']
    : []),
  ...(losses.some(({ path }) => path.includes('.*')) ? ['* stands for keys that are data, such as ids'] : []),
];

const leftOut = (
  collections: PlanReport['collections'],
  shown: readonly { readonly collection: string }[],
): readonly string[] => {
  const more = collections.flatMap(({ collection, declaredLosses }) => {
    const count = declaredLosses.length - shown.filter((one) => one.collection === collection).length;
    return count > 0 ? [`${formatCount(count)} more of ${printable(collection)}`] : [];
  });
  return more.length === 0 ? [] : [`… and ${more.join(', ')} (--json has all)`];
};
