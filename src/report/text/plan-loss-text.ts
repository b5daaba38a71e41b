import type { PlanReport } from '../plan-report.ts';
import { formatCount } from './quantities.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

const shownLosses = 40;

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

/** What is lost though the documents are loaded. */
export const renderLosses = (style: Style, { collections }: PlanReport): string | undefined => {
  const losses = collections.flatMap(({ collection, declaredLosses }) =>
    declaredLosses.map((loss) => ({ collection, ...loss })).sort((a, b) => b.documents - a.documents),
  );
  if (losses.length === 0) return undefined;
  const rows = losses
    .slice(0, shownLosses)
    .map(({ collection, path, kind, documents }) => [
      collection,
      path === '' ? { text: '(document)', paint: style.dim } : path,
      kind,
      { text: formatCount(documents) },
      lossWords[kind] ?? '',
    ]);
  const more = losses.length - rows.length;
  return [
    `${style.bold('Declared losses')} ${style.dim('of documents that are loaded; what is not listed can be read back exactly')}`,
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
    ...(more > 0 ? [style.dim(`… and ${formatCount(more)} more; --json has them`)] : []),
  ].join('\n');
};
