import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Document } from 'bson';
import { loadMappings } from '../../src/mapping/load-mappings.ts';
import type { CollectionMapping } from '../../src/mapping/mapping.ts';
import type { CollectionProfile } from '../../src/profiling/profile.ts';
import {
  completeProposal,
  type Proposal,
  type ProposedFile,
  type ProposeOptions,
  proposeTables,
  writeProposal,
} from '../../src/profiling/proposal/propose-mappings.ts';
import type { CollectionDescription } from '../../src/source/document-source.ts';
import { profileOf } from './profile-documents.ts';

export const nothingDescribed: CollectionDescription = {
  indexes: [],
  collation: undefined,
  validator: undefined,
  viewOn: undefined,
  timeField: undefined,
};

interface Proposed {
  readonly proposal: Proposal;
  readonly files: readonly ProposedFile[];
}

/** What would be written for collections, without comparing their values. */
export async function proposeFor(
  collections: readonly CollectionProfile[],
  options: ProposeOptions = { names: 'snake' },
): Promise<Proposed> {
  const proposal = proposeTables({ database: 'shop', collections }, options);
  await completeProposal(proposal, undefined);
  return { proposal, files: writeProposal(proposal) };
}

/** The YAML proposed for the documents of one collection, `things` unless named otherwise. */
export async function yamlFor(
  documents: readonly (Document | Uint8Array)[],
  given: Partial<CollectionProfile> = {},
): Promise<string> {
  const { files } = await proposeFor([{ ...profileOf(documents), ...given }]);
  return files[0]?.text ?? '';
}

/** Loads mapping files as a project's, and throws what is wrong in them. */
export async function loadFiles(files: readonly ProposedFile[]): Promise<readonly CollectionMapping[]> {
  const projectFolder = mkdtempSync(join(tmpdir(), 'docrow-proposal-'));
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(join(projectFolder, path)), { recursive: true });
      writeFileSync(join(projectFolder, path), text);
    }
    return (await loadMappings({ projectFolder })).collections;
  } finally {
    rmSync(projectFolder, { recursive: true, force: true });
  }
}
