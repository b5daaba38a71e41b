import { existsSync } from 'node:fs';
import path from 'node:path';
import { holdsPassword } from '../config/redact.ts';
import type { Settings } from '../config/settings.ts';
import { exitCodes } from '../errors/error-codes.ts';
import type { UseCases } from '../pipeline/use-cases.ts';
import { profileSource } from '../profiling/profile-source.ts';
import { mappingFiles } from '../profiling/proposal/mapping-files.ts';
import {
  completeProposal,
  type Proposal,
  proposeTables,
  writeProposal,
} from '../profiling/proposal/propose-mappings.ts';
import type { ProfiledProposal } from '../profiling/proposal/reference-candidates.ts';
import { writeConfigYaml } from '../profiling/proposal/write-config-yaml.ts';
import { toErrorReports } from '../report/error-report.ts';
import type { InitCollection } from '../report/init-report.ts';
import type { DocumentSource } from '../source/document-source.ts';
import { withSource } from './with-source.ts';
import { type ProjectFile, refuseExisting, writeProjectFiles } from './write-project-files.ts';

const configFile = 'docrow.yaml';

/** Proposes a mapping for every collection from its documents, and writes the files of the project. */
export const init: UseCases['init'] = (settings, { onEvent, signal }, { sample, force, names }) =>
  withSource(settings, async (source) => {
    const { dir, only } = settings;
    for (const message of source.notices()) onEvent({ kind: 'notice', message });
    if (!force) refuseExisting(dir, await expectedFiles(source, only));

    const profile = await profileSource(source, { only, sample, onEvent, signal: signal.soft });
    const proposal = proposeTables(profile, { names, only });
    // A sample is meant to be quick, and says nothing certain about what exists elsewhere.
    const compared = sample === undefined ? source : undefined;
    await completeProposal(proposal, compared, { onEvent, signal: signal.soft });
    const mappings = writeProposal(proposal);
    if (!force)
      refuseExisting(
        dir,
        mappings.map((file) => file.path),
      );

    const hasConfig = existsSync(path.join(dir, configFile));
    const files = hasConfig ? mappings : [configOf(settings, proposal), ...mappings];
    await writeProjectFiles(dir, files);
    const errors = profile.collections.flatMap(({ stoppedBy }) =>
      stoppedBy === undefined ? [] : [stoppedBy],
    );
    return {
      command: 'init',
      exitCode: errors[0]?.policy.exitCode ?? exitCodes.done,
      database: profile.database,
      folder: dir,
      files: files.map((file) => file.path),
      kept: hasConfig ? [configFile] : [],
      collections: proposal.collections.map(reportOf),
      leftOut: proposal.leftOut,
      errors: errors.flatMap(toErrorReports),
    };
  });

/** The mapping files that there will be, as far as names alone say it, so that nobody waits for a refusal. */
async function expectedFiles(
  source: DocumentSource,
  only: readonly string[] | undefined,
): Promise<readonly string[]> {
  const names = (await source.listCollections())
    .filter(
      ({ name, kind }) => kind !== 'system' && (only === undefined ? kind !== 'view' : only.includes(name)),
    )
    .map(({ name }) => name);
  return mappingFiles(names.toSorted((a, b) => (a < b ? -1 : 1)));
}

function configOf({ source, database, dir }: Settings, { leftOut }: Proposal): ProjectFile {
  const text = writeConfigYaml({
    source,
    holdsPassword: holdsPassword(source),
    database,
    folder: dir,
    leftOut,
  });
  return { path: configFile, text };
}

function reportOf({ profile, proposal }: ProfiledProposal): InitCollection {
  const { collection, file, tables, decisions } = proposal;
  return {
    collection,
    file,
    table: tables[0]?.name ?? '',
    tables: tables.map(({ name }) => name),
    columns: tables.reduce((sum, { columns }) => sum + columns.length, 0),
    documents: profile.documents,
    isSample: profile.isSample,
    decisions,
  };
}
