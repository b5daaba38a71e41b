import type { CollectionMapping } from '../../../mapping/mapping.ts';
import type { TargetTable } from '../../row-target.ts';
import type { PostgresClient } from '../connect.ts';
import { type ForeignKey, madeForeignKeys, madeUniques, type UniqueStep } from './made-constraints.ts';
import { Statements } from './run-statement.ts';
import { createStaging, type Staging } from './staging.ts';

/** Begins a transaction of the refresh. */
export const beginSql = [
  'begin',
  // Documents of one batch may refer to each other, in any order.
  'set constraints all deferred',
  // So many keys are looked up one by one; PostgreSQL, which knows nothing of the staged rows, might read it all.
  'set local enable_seqscan = off',
  // Before version 18 the plans of the staged tables count as dear by that, and each would be compiled first.
  'set local jit = off',
  // Room for the hash of a batch’s keys.
  "set local work_mem = '32MB'",
].join('; ');

interface CollectionParts {
  readonly client: PostgresClient;
  readonly statements: Statements;
  readonly schema: string;
  readonly staging: Staging;
  readonly foreignKeys: readonly ForeignKey[];
  /** What must be unique besides keys, looked up when it is asked for first. */
  readonly uniques: () => Promise<readonly UniqueStep[]>;
}

/** What a connection holds between transactions. */
export class RefreshSession {
  readonly client: PostgresClient;
  readonly schema: string;
  readonly #statements: Statements;
  readonly #collections: readonly CollectionMapping[];
  readonly #stagings = new Map<string, Staging>();
  /** Numbers of temporary tables are not used twice. */
  #nextPlace = 0;
  readonly #uniques = new Map<CollectionMapping, readonly UniqueStep[]>();
  #foreignKeys: readonly ForeignKey[] | undefined;

  constructor(client: PostgresClient, schema: string, collections: readonly CollectionMapping[]) {
    this.client = client;
    this.schema = schema;
    this.#statements = new Statements(client);
    this.#collections = collections;
  }

  /** What is there already is not made again. */
  async partsOf(collection: CollectionMapping, tables: readonly TargetTable[]): Promise<CollectionParts> {
    const { client, schema } = this;
    this.#foreignKeys ??= await madeForeignKeys(client, schema, this.#collections);
    const name = collection.collection;
    let staging = this.#stagings.get(name);
    if (staging === undefined) {
      staging = await createStaging(client, schema, collection, tables, this.#nextPlace++);
      this.#stagings.set(name, staging);
    }
    return {
      client,
      statements: this.#statements,
      schema,
      staging,
      foreignKeys: this.#foreignKeys,
      uniques: () => this.#uniquesOf(collection),
    };
  }

  async #uniquesOf(collection: CollectionMapping): Promise<readonly UniqueStep[]> {
    const { client, schema } = this;
    const known = this.#uniques.get(collection) ?? (await madeUniques(client, schema, collection));
    this.#uniques.set(collection, known);
    return known;
  }

  get collections(): readonly string[] {
    return [...this.#stagings.keys()];
  }

  /** Temporary tables that were made in a transaction are gone when it is rolled back. */
  forgetBut(collections: readonly string[]): void {
    for (const name of this.#stagings.keys()) {
      if (!collections.includes(name)) this.#stagings.delete(name);
    }
  }

  /** What PostgreSQL knows of the temporary tables is gone with a transaction that is rolled back. */
  forgetStatistics(): void {
    for (const { state } of this.#stagings.values()) state.analyzed = 0;
  }
}
