import { open } from 'node:fs/promises';
import { extendedJsonOfDocument } from '../bson/extended-json.ts';
import type { StoredRejection } from '../checkpoint/checkpoint-store.ts';
import type { Settings } from '../config/settings.ts';
import { DocrowError } from '../errors/docrow-error.ts';
import { exitCodes } from '../errors/error-codes.ts';
import type { RejectsFilter, RejectsFormat } from '../pipeline/use-cases.ts';
import type { ExtendedJson, Reject, RejectReport, RejectsReport } from '../report/rejects-report.ts';
import { requireRun, withTarget } from './open-target.ts';

const toReject = (rejection: StoredRejection): Reject => ({
  key: rejection.number,
  collection: rejection.collection,
  idText: rejection.idText,
  code: rejection.code,
  path: rejection.path,
  reason: rejection.reason,
  table: rejection.table,
  at: rejection.at.toISOString(),
});

/** Documents that were set aside: how many of each kind, and the first of them. */
export function rejectsList(settings: Settings, filter: RejectsFilter): Promise<RejectsReport> {
  return withTarget(settings, async (target) => {
    const { runId } = await requireRun(target);
    const rejects: Reject[] = [];
    for await (const rejection of target.store.rejections(runId, filter, filter.limit))
      rejects.push(toReject(rejection));
    const groups = (await target.store.countRejections(runId)).filter(
      ({ collection, code }) =>
        (filter.collection === undefined || collection === filter.collection) &&
        (filter.code === undefined || code === filter.code),
    );
    return { command: 'rejects list', exitCode: exitCodes.done, groups, rejects };
  });
}

/**
 * One document that was set aside, whole.
 * @param key its number in `rejects list`, or its `_id` as listed there
 * @throws DocrowError `settings-invalid` when there is none
 */
export function rejectsShow(settings: Settings, key: string): Promise<RejectReport> {
  return withTarget(settings, async (target) => {
    const { runId } = await requireRun(target);
    const rejection =
      (await target.store.findRejection(runId, key)) ??
      // The list shows ObjectIds as their digits alone.
      (await target.store.findRejection(runId, JSON.stringify({ $oid: key.toLowerCase() })));
    if (rejection === undefined) {
      throw new DocrowError(
        'settings-invalid',
        'No rejection has this number or _id; see docrow rejects list',
      );
    }
    return {
      command: 'rejects show',
      exitCode: exitCodes.done,
      reject: toReject(rejection),
      ...readDocument(rejection.document),
      masked: false,
    };
  });
}

function readDocument(bytes: Uint8Array | undefined): Pick<RejectReport, 'document' | 'bytes'> {
  if (bytes === undefined) return { document: undefined, bytes: undefined };
  const text = documentText(bytes);
  if (text !== undefined) return { document: JSON.parse(text) as ExtendedJson, bytes: undefined };
  return { document: undefined, bytes: Buffer.from(bytes).toString('base64') };
}

/** Canonical Extended JSON; undefined for a document that is damaged. */
function documentText(bytes: Uint8Array): string | undefined {
  try {
    return extendedJsonOfDocument(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
  } catch (error) {
    if (error instanceof DocrowError) return undefined;
    throw error;
  }
}

/** Writes the documents that were set aside to a new file: as a mongoimport reads them, or as BSON. */
export function rejectsExport(
  settings: Settings,
  file: string,
  format: RejectsFormat,
): Promise<{ readonly documents: number }> {
  return withTarget(settings, async (target) => {
    const { runId } = await requireRun(target);
    const output = await openNew(file);
    let documents = 0;
    try {
      for await (const { document } of target.store.rejections(runId, {}, Number.MAX_SAFE_INTEGER)) {
        if (document === undefined) continue;
        const text = format === 'bson' ? undefined : documentText(document);
        if (format !== 'bson' && text === undefined) continue;
        await output.write(text === undefined ? document : Buffer.from(`${text}\n`));
        documents++;
      }
    } finally {
      await output.close();
    }
    return { documents };
  });
}

async function openNew(file: string) {
  try {
    return await open(file, 'wx', 0o600);
  } catch (error) {
    throw new DocrowError(
      'file-failed',
      `The file ${file} cannot be made: choose one that does not exist`,
      {},
      error,
    );
  }
}
