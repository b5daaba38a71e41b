import type { ChangeHistory, MissingPrivilege } from '../report/plan-report.ts';
import type { DocumentSource } from '../source/document-source.ts';

interface FoundHistory {
  readonly found: ChangeHistory;
  readonly privilege: MissingPrivilege | undefined;
  /** Why changes could not be followed after the load. */
  readonly note: string | undefined;
}

/** How far back the source's history reaches, held against how long the load takes. */
export async function changeHistory(source: DocumentSource, loadSeconds: number): Promise<FoundHistory> {
  if (source.changeWindow === undefined) {
    return { found: { kind: 'none', reason: 'Files do not change' }, privilege: undefined, note: undefined };
  }
  const position = await source.changePosition();
  const note =
    position.kind === 'none' ? `Changes could not be followed after the load: ${position.reason}` : undefined;
  const window = await source.changeWindow();
  if (window.kind === 'none') {
    const privilege: MissingPrivilege | undefined =
      window.role === undefined
        ? undefined
        : {
            side: 'source',
            purpose: 'see how far back the history of changes reaches',
            statement: window.role,
          };
    return { found: { kind: 'none', reason: window.reason }, privilege, note };
  }
  const { oldest, newest } = window;
  const seconds = (newest.getTime() - oldest.getTime()) / 1000;
  const found: ChangeHistory = {
    kind: 'window',
    oldest: oldest.toISOString(),
    newest: newest.toISOString(),
    seconds,
    isShort: loadSeconds > seconds / 2,
  };
  return { found, privilege: undefined, note };
}
