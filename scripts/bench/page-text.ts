import { mostRounds, type SyncCollection, syncCollections } from './sync/backlogs.ts';
import { lagSeconds, paces } from './sync/lag-paces.ts';

const { nested, orders, large } = Object.fromEntries(
  Object.entries(syncCollections).map(([name, { documents }]) => [name, documents]),
) as Readonly<Record<SyncCollection, number>>;

/** What docs/benchmarks.md says before the results. */
export const introduction = `# Benchmarks

What limits a load is PostgreSQL: a COPY uses one core per connection, and half of that goes into reading jsonb. So docrow
is measured against what PostgreSQL can take when nothing is in the way, \`psql \\copy\` of files that are made
beforehand, on the same machine, in turn, with the same table, keys and indexes. A ratio near 1 says that docrow is not
what one waits for; the numbers of documents per second say more about the machine than about docrow.

Measure on your own machine with \`npm run build\` and \`npm run bench\` (\`--help\` lists the options; it needs psql on the
PATH). This page is written by \`npm run bench -- --documents 1000000 --markdown docs/benchmarks.md\`.
`;

/** What docs/benchmarks.md says after the results: how they came about. */
export const explanation = `## What is loaded

Generated documents, the same ones for the same seed:

- *nested*: about 1 KB, 16 fields, with documents and arrays inside, which become 4 jsonb columns and an \`integer[]\`;
  primary key, a unique \`_id\`, two indexes.
- *flat*: about 260 bytes, 12 plain fields; primary key and two indexes.
- *transformed*: the documents of *nested*, with four of 17 columns computed by functions: a text from a text, a part of a
  text, a number from a text, a number from an array of documents.
- *orders*: about 950 bytes, 10 plain fields and an array of three to seven documents with 7 fields each, which become the
  rows of a child table; primary keys, a unique number, two indexes, a foreign key.

The mappings and functions are in \`scripts/bench/project\` and \`scripts/bench/project-with-transforms\`.

## What is compared

Every load begins with an empty database and no pending checkpoint, and ends when keys, indexes and statistics are built.
Its time is that of whole processes, from before the first is started until the last is gone. Indexes are built with 256 MB
of \`maintenance_work_mem\` on both sides. After each load the rows are counted.

| name | load |
| --- | --- |
| B1 | one psql: \`create table\`, \`\\copy\` of a *binary* file (for each table, one after the other), then the SQL of \`docrow schema\` |
| T1 | the same with a *text* file |
| B2 | two psql at the same time, each with half of the rows as binary; then one for keys and indexes |
| dump | \`docrow migrate --no-validate\` from a mongodump folder, checkpoints on, all else default |
| live | the same from a MongoDB server on the same machine |
| export, script, \\copy | three programs one after the other: documents to lines of Extended JSON, a script that makes CSV of each line, \`\\copy\`; then keys and indexes |
| find, CSV, COPY | one program: \`find\` with the Node.js driver, a line of CSV per object, COPY |

The files of B1, B2 and T1 hold the very rows that docrow loads: they are written from tables that it has loaded. The SQL
of \`docrow schema\` is all that docrow builds: keys, indexes, foreign keys and statistics.
Making them is not part of their time.

**In turn.** All loads run once per round, each round begins with another one, and a ratio is the median of the
ratios of single rounds. Lowest and highest round stand in parentheses. Ratios of rates are docrow ÷ reference, so more
is better; figure 9 is time ÷ time, so less is better.

**Keeping in step** (figures 10 and 12) is measured with ${nested.toLocaleString('en-US')} *nested*, ${orders.toLocaleString('en-US')} *orders* and ${large.toLocaleString('en-US')} *large* documents
(about 50 KB: a long text, and an array that becomes jsonb) whatever \`--documents\` says, and in ${mostRounds} rounds at most; the
mappings are in \`scripts/bench/project-of-sync\`. All commands are whole processes, as users run them.

- Figure 10 loads the *nested* documents from the server (the reference), then runs \`docrow sync --once --full\`, which compares
  all of them by digests; then each is changed in a field that no column takes, and \`docrow sync --once\` reads all of them
  again by their events, compares every row, and writes none. Ratios are time ÷ time.
- Figure 12 makes so many changes, and then times \`docrow sync --once\`, which applies them: each update sets one field, of
  another document each time where nothing else is said. The seconds are those of its
  report, without start and end of the process, which are in the line below; connecting is in both, and *a sync with nothing
  to do* shows how much of it there is. After each kind of change \`docrow validate\` must find both sides to be
  the same, or there is no result.
- *Behind by* is how far \`docrow sync --follow\` is behind a program that updates ${paces.map((pace) => pace.toLocaleString('en-US')).join(' and ')} documents per second for
  ${lagSeconds} seconds, in small ordered writes: ten times a second it inserts a document, and the time counts from when that was
  acknowledged until a query finds its row (one every 5 ms). If the server cannot take as many, the line says what it took.

**Inspecting** (figure 15) is \`docrow inspect\` of a dump folder: documents per second of its whole process, without its
start and end, and per second of CPU time of the process with its threads.

**CPU time and memory** are those of docrow's process with its threads, as the system counts them (user and system
time; peak of the resident memory, in MiB). *GB* are 1,000,000,000 bytes of BSON. Targets of figure 6 are for nested documents: a GB of flat
ones is four times as many documents. A fifth of the documents is loaded as well: memory must not grow with
their number, and the difference shows what a GB costs without the start of the program.

## What to know when reading

- The numbers are those of one machine with client and server on the same cores. Over a network, and with more cores,
  docrow has more room than this shows, and so has \`\\copy\`.
- The live loads were measured against the server named above. SecantusDB is a stand-in for MongoDB that sorts a whole
  collection before it gives the first document; the wait is told apart (figure 13), and is not MongoDB's. It also
  walks whole collections to tell their sizes, which docrow asks for at the start; that is in both lines of figure 13.
- mongoexport was not at hand. A Node.js program with the \`bson\` package stands in for it, and reads a .bson file
  instead of a server. *The same without the export* counts script and \`\\copy\` alone, whatever the export takes.
- The programs that are compared are in \`scripts/bench/naive-*.ts\`. Each is started through tsx, and about 0.2 s of its time
  is that.
- Other tools (ingestr, sling, dlt) are not run by the benchmark.
- Figure 11 (digests) is not measured by it yet.
- Changes are applied while the MongoDB server reads documents and PostgreSQL writes rows on the same cores; at 5,000
  changes/s a program that writes them is there as well. What is measured then is the machine as a whole.
- Nothing here is asserted by a test: on a busy machine every one of these numbers is different.
`;
