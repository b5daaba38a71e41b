import type { SyncedCollectionState, SyncState } from '../sync-state.ts';
import { stopSentences, syncSentences, syncStateWord } from '../sync-words.ts';
import { printable } from './printable.ts';
import { formatCount } from './quantities.ts';
import type { Style } from './style.ts';
import { renderTable, type TableCell } from './table.ts';
import { wrapWithMark } from './wrap.ts';

/** How the tables of a run were kept in step; nothing where they never were. */
export const renderSyncState = (
  style: Style,
  { sync, cutOverAt }: { readonly sync?: SyncState; readonly cutOverAt?: string },
): string | undefined => {
  if (sync === undefined) return undefined;
  const sentences = syncSentences(sync, cutOverAt).map((line) =>
    wrapWithMark(' ', printable(line), style.width),
  );
  const stops = stopSentences(sync).map((line) => wrapWithMark(style.bad('✗'), printable(line), style.width));
  if (stops.length > 0) {
    stops.push(
      wrapWithMark(
        style.dim('→'),
        'docrow sync --recover compares these as a whole and goes on',
        style.width,
      ),
    );
  }
  const table = sync.collections.length === 0 ? [] : [collectionsTable(style, sync)];
  return [style.bold('Kept in step'), ...sentences, ...table, ...stops].join('\n');
};

const collectionsTable = (style: Style, sync: SyncState): string => {
  const hasEvents = sync.position !== undefined || sync.events > 0;
  return renderTable(
    style,
    [
      { title: 'Collection', narrowest: 16 },
      { title: 'State', narrowest: 8 },
      ...(hasEvents ? ([{ title: 'Events', align: 'right' }] as const) : []),
      { title: 'Changed', align: 'right' },
      { title: 'Deleted', align: 'right' },
      { title: 'Unchanged', align: 'right', dispensable: 1 },
      { title: 'Set aside now', align: 'right' },
    ],
    sync.collections.map((line) => [
      line.collection,
      stateCell(style, line, sync),
      ...(hasEvents ? [formatCount(line.events)] : []),
      formatCount(line.changed),
      formatCount(line.deleted),
      formatCount(line.unchanged),
      { text: formatCount(line.setAsideNow), paint: line.setAsideNow > 0 ? style.warning : style.dim },
    ]),
  );
};

const stateCell = (style: Style, line: SyncedCollectionState, sync: SyncState): TableCell => {
  const text = syncStateWord(line, sync);
  if (line.stopped !== undefined) return { text, paint: style.bad };
  return sync.isFollowed ? { text, paint: style.good } : { text };
};
