import type { DocumentSource, SourceIndex } from '../../source/document-source.ts';
import type { CollectionProfile, SourceProfile, ValueProfile } from '../profile.ts';
import { applyReferences } from './apply-references.ts';
import { type NameStyle, nameOf } from './column-name.ts';
import { countOf, countText, quoted } from './count-text.ts';
import { type FindOptions, findReferences } from './find-references.ts';
import { FreeNames } from './free-names.ts';
import { layOutTables } from './lay-out-tables.ts';
import { mappingFiles } from './mapping-files.ts';
import type { Decision, ProposedCollection } from './proposal.ts';
import { proposeIndexes, uniqueChecks } from './propose-indexes.ts';
import type { ProfiledProposal } from './reference-candidates.ts';
import { takeTableName } from './take-table-name.ts';
import { type TransformHint, textHint, writeTransformStub } from './text-hints.ts';
import { writeMappingYaml } from './write-mapping-yaml.ts';

export interface ProposeOptions {
  readonly names: NameStyle;
  /** Collections that were asked for by name, so that views among them are proposed too. */
  readonly only?: readonly string[] | undefined;
}

/** A file of the project, with its path in it. */
export interface ProposedFile {
  readonly path: string;
  readonly text: string;
}

export interface LeftOutCollection {
  readonly collection: string;
  readonly reason: string;
}

/** A proposal whose tables have their columns; references and indexes come when the values were compared. */
export interface Proposal {
  readonly collections: readonly ProfiledProposal[];
  readonly leftOut: readonly LeftOutCollection[];
  readonly relations: FreeNames;
}

/** Proposes the tables of all collections from what was seen of them. */
export function proposeTables({ collections }: SourceProfile, { names, only }: ProposeOptions): Proposal {
  const relations = new FreeNames();
  const leftOut = collections.flatMap((profile) => {
    const reason = reasonToLeaveOut(profile, only);
    return reason === undefined ? [] : [{ collection: profile.name, reason }];
  });
  const wanted = collections.filter(({ name }) => !leftOut.some(({ collection }) => collection === name));
  const files = mappingFiles(wanted.map(({ name }) => name));
  const tableNames = wanted.map(({ name }) => takeTableName(nameOf([name], names), relations));
  return {
    leftOut,
    relations,
    collections: wanted.map((profile, i) => {
      const decisions: Decision[] = [];
      const table = tableNames[i]!;
      const tables = layOutTables(profile, table, { style: names, relations, decisions });
      decisions.push(...sourceDecisions(profile, table));
      return {
        profile,
        proposal: { collection: profile.name, file: files[i]!, header: [], tables, decisions },
      };
    }),
  };
}

/**
 * Adds references and indexes.
 * @param source is read again to compare values: which columns refer to which, what is unique. Without it, as for a
 *   sample, nothing is taken for unique
 */
export async function completeProposal(
  { collections, relations }: Proposal,
  source: DocumentSource | undefined,
  options: FindOptions = {},
): Promise<void> {
  const checks = collections.flatMap(uniqueChecks);
  const values = source && (await findReferences(source, collections, checks, options));
  applyReferences(values?.references ?? []);
  const unique = new Set<SourceIndex>(
    checks.flatMap((check) => (values?.unique.has(check) ? [check.index] : [])),
  );
  for (const { profile, proposal } of collections) proposeIndexes(profile, proposal, unique, relations);
}

/** The files of a complete proposal: a mapping per collection, and stubs of transforms that its comments name. */
export function writeProposal({ collections }: Proposal): readonly ProposedFile[] {
  return collections.flatMap(({ profile, proposal }) => {
    const hints: TransformHint[] = [];
    for (const column of proposal.tables.flatMap(({ columns }) => columns)) {
      const { note, transform } = textHint(column);
      if (note !== undefined) column.notes.push(note);
      if (transform !== undefined) hints.push(transform);
    }
    const text = writeMappingYaml({ ...proposal, header: headerOf(profile, proposal) });
    const stub = proposal.file.replace(/^mappings\/(.*)\.yaml$/, 'transforms/$1.ts');
    return [
      { path: proposal.file, text },
      ...(hints.length === 0 ? [] : [{ path: stub, text: writeTransformStub(hints) }]),
    ];
  });
}

function reasonToLeaveOut(
  { name, kind, skipped, description }: CollectionProfile,
  only?: readonly string[],
): string | undefined {
  if (skipped !== undefined) return skipped;
  if (kind === 'view' && only?.includes(name) !== true) {
    const on = description.viewOn === undefined ? '' : ` of ${quoted(description.viewOn)}`;
    return `a view${on}; --only ${quoted(name)} proposes a table for what it shows now`;
  }
  return undefined;
}

/** What of the source a person has to know: documents that will be set aside, and that are right to be. */
function sourceDecisions(profile: CollectionProfile, table: string): readonly Decision[] {
  const { damagedDocuments, duplicateKeyDocuments, duplicateKeyPath, stoppedBy, description, kind, root } =
    profile;
  const texts: string[] = [];
  if (stoppedBy !== undefined) texts.push('the file is damaged; everything before the damage was looked at');
  if (damagedDocuments > 0) texts.push(`${countOf(damagedDocuments, 'damaged document')} will be set aside`);
  if (duplicateKeyDocuments > 0) {
    const at = duplicateKeyPath === undefined ? '' : ` (such as ${quoted(duplicateKeyPath)})`;
    texts.push(
      `${countOf(duplicateKeyDocuments, 'document')} with a key twice${at} will be set aside; \`duplicates: last\` would keep the last one`,
    );
  }
  const notUtf8 = root.fields.reduce((sum, { value }) => sum + notUtf8In(value), 0);
  if (notUtf8 > 0) texts.push(`${countOf(notUtf8, 'text')} not in UTF-8: such documents will be set aside`);
  if (root.fields.some(({ isBrokenKey }) => isBrokenKey)) {
    texts.push('a key is not in UTF-8: such documents will be set aside');
  }
  if (kind === 'view') texts.push('a view: what it showed while it was read');
  if (kind === 'timeseries')
    texts.push(
      `a time series${description.timeField === undefined ? '' : ` by ${quoted(description.timeField)}`}`,
    );
  if (description.collation !== undefined) {
    texts.push(`the collation ${quoted(description.collation)} of the collection is not translated`);
  }
  return texts.map((text) => ({ table, text }));
}

function notUtf8In({ strings, arrays, objects }: ValueProfile): number {
  const below = objects?.fields.reduce((sum, { value }) => sum + notUtf8In(value), 0) ?? 0;
  return (
    (strings?.notUtf8 ?? 0) +
    (arrays?.element === undefined ? 0 : notUtf8In(arrays.element)) +
    (objects?.anyValue === undefined ? 0 : notUtf8In(objects.anyValue)) +
    below
  );
}

function headerOf(profile: CollectionProfile, { tables, decisions }: ProposedCollection): readonly string[] {
  const { name, documents, bytes, isSample, estimatedDocuments } = profile;
  const all = estimatedDocuments === undefined ? '' : ` of about ${countText(estimatedDocuments)}`;
  const seen = isSample ? `a sample${all}` : 'all of them';
  const size = `${countOf(documents, 'document')}, ${countText(Math.ceil(bytes / 1000))} kB of BSON`;
  const lines = [`${quoted(name).slice(1, -1)}: ${size}. Proposed by docrow init from ${seen}.`];
  if (decisions.length > 0) lines.push('', 'To look at first:');
  for (const { table, column, text } of decisions) {
    const place = [
      ...(table === tables[0]?.name ? [] : [table]),
      ...(column === undefined ? [] : [column]),
    ].join('.');
    lines.push(`- ${place === '' ? '' : `${place}: `}${text}`);
  }
  return lines;
}
