/** What a run's events tell about where its time went. All in seconds. */
export interface DocrowPhases {
  /** From the start of the run to its last index, so without the start and the end of the process. */
  readonly workSeconds: number;
  /** From the first commit to the last of the load. */
  readonly steadySeconds: number;
  /** Documents per second in that time. */
  readonly steadyRate: number;
  /** Wait for the first documents: from the collection's plan to the first commit, less what its documents take. */
  readonly firstBatchSeconds: number;
  /** From the collection's plan to its last document. */
  readonly loadSeconds: number;
  readonly indexSeconds: number;
}

interface TimedEvent {
  readonly at: number;
  readonly kind: string;
  readonly loaded?: number;
}

/**
 * @param lines what `docrow migrate --progress json` writes to stderr, for a single collection
 * @throws Error when events are missing
 */
export function readPhases(lines: string): DocrowPhases {
  const events = readEvents(lines);
  const started = only(events, 'run-started');
  const planned = only(events, 'collection-planned');
  const loaded = only(events, 'collection-loaded');
  const commits = events.filter((event) => event.kind === 'chunk-committed');
  const first = commits[0];
  const last = commits.at(-1);
  const end = events.findLast((event) => event.kind === 'step-finished') ?? loaded;
  if (first === undefined || last === undefined) throw new Error('The run committed nothing');
  const loadSeconds = loaded.at - planned.at;
  const steadySeconds = last.at - first.at;
  const documents = commits.reduce((sum, commit) => sum + (commit.loaded ?? 0), 0);
  const firstDocuments = first.loaded ?? 0;
  // With a single commit nothing can be told apart.
  const steadyRate =
    steadySeconds > 0 ? (documents - firstDocuments) / steadySeconds : documents / loadSeconds;
  return {
    workSeconds: end.at - started.at,
    loadSeconds,
    steadySeconds,
    steadyRate,
    firstBatchSeconds: Math.max(0, first.at - planned.at - firstDocuments / steadyRate),
    indexSeconds: end.at - loaded.at,
  };
}

/**
 * @param lines what `docrow inspect --progress json` writes to stderr, for a single collection
 * @returns seconds from the collection's plan to its last document
 * @throws Error when events are missing
 */
export function readReading(lines: string): number {
  const events = readEvents(lines);
  return only(events, 'collection-read').at - only(events, 'collection-planned').at;
}

const readEvents = (lines: string): readonly TimedEvent[] =>
  lines
    .split('\n')
    .filter((line) => line.startsWith('{"at"'))
    .map((line) => {
      const event = JSON.parse(line) as Omit<TimedEvent, 'at'> & { readonly at: string };
      return { ...event, at: Date.parse(event.at) / 1000 };
    });

function only(events: readonly TimedEvent[], kind: string): TimedEvent {
  const found = events.find((event) => event.kind === kind);
  if (found === undefined) throw new Error(`The run told of no event ${kind}`);
  return found;
}
