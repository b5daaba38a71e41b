import type { Document } from 'bson';
import type { RejectionCode } from '../../src/errors/error-codes.ts';
import { cleanPlan, type DirtKind, planDirt, subtaskDirt, taskDirt, userDirt } from './dirt.ts';
import { makeSubtask } from './make-subtask.ts';
import { makeTask } from './make-task.ts';
import { makeUser } from './make-user.ts';
import { Random } from './random.ts';
import { spreadOverTime } from './sample-time.ts';

/** Documents of the sample that the real MongoDB tools wrote, which gives the proportions. */
const sampleSizes = { users: 240, tasks: 700, dramatiq_tasks: 3000 };
const sampleSize = 3940;

const subtaskTable = 'dramatiq_tasks';

export interface SampleOptions {
  /** Of all three collections together. */
  readonly documents: number;
  readonly seed: number;
  /** Without dirt: every document is as the newest version of the application writes it. */
  readonly clean: boolean;
}

export interface SampleCollection {
  readonly name: string;
  readonly documents: number;
  /** Besides the one on `_id`. */
  readonly indexes: readonly Readonly<Record<string, 1 | -1>>[];
  /** Makes one document at a time; each call makes the same ones. */
  generate(): Iterable<Document>;
}

/** Documents that a run with the project's mapping must set aside, by reason. */
export interface KnownRejection {
  readonly collection: string;
  readonly code: RejectionCode;
  readonly path: string;
  readonly documents: number;
}

export interface Sample {
  readonly collections: readonly SampleCollection[];
  /** Complete once every collection was generated. */
  knownRejections(): readonly KnownRejection[];
}

/** The three collections of the sample, at any size. The same options give the same bytes. */
export function planSample({ documents, seed, clean }: SampleOptions): Sample {
  const users = Math.max(1, Math.round((documents * sampleSizes.users) / sampleSize));
  const tasks = Math.max(1, Math.round((documents * sampleSizes.tasks) / sampleSize));
  const subtasks = Math.max(0, documents - users - tasks);
  const userPlan = clean ? cleanPlan : planDirt(userDirt, sampleSizes.users, users, seed);
  const taskPlan = clean ? cleanPlan : planDirt(taskDirt, sampleSizes.tasks, tasks, seed);
  const subtaskPlan = clean ? cleanPlan : planDirt(subtaskDirt, sampleSizes.dramatiq_tasks, subtasks, seed);
  const userTime = spreadOverTime(users, 4 * 3_600_000);
  const taskTime = spreadOverTime(tasks, 600_000);
  const counts = new RejectionCounts();
  const rejectedTasks = new Set<string>(
    taskDirt.filter((kind) => 'rejection' in kind).map((kind) => kind.name),
  );

  /** A task that can be referred to. */
  const pickParent = (random: Random): number | undefined => {
    const index = random.below(tasks);
    return taskPlan.kindOf(index) === 'no id' ? undefined : index;
  };

  function* generateUsers(): Iterable<Document> {
    counts.restart('users');
    const seen = new Map<string, number>();
    for (let index = 0; index < users; index += 1) {
      const dirt = userPlan.kindOf(index);
      const sameBefore = seen.get(dirt ?? '') ?? 0;
      seen.set(dirt ?? '', sameBefore + 1);
      // Of two with one e-mail address the one with the smaller _id, which comes first, stays.
      if (dirt !== 'duplicate e-mail' || sameBefore % 2 === 1) counts.add('users', userDirt, dirt);
      yield makeUser(new Random(seed, 'users', index), {
        index,
        createdMs: userTime(index),
        dirt,
        sameBefore,
      });
    }
  }

  function* generateTasks(): Iterable<Document> {
    counts.restart('tasks');
    for (let index = 0; index < tasks; index += 1) {
      const dirt = taskPlan.kindOf(index);
      counts.add('tasks', taskDirt, dirt);
      const place = { index, counter: users + index + 1, createdMs: taskTime(index), users, dirt };
      yield makeTask(new Random(seed, 'tasks', index), place);
    }
  }

  function* generateSubtasks(): Iterable<Document> {
    counts.restart(subtaskTable);
    for (let index = 0; index < subtasks; index += 1) {
      const random = new Random(seed, subtaskTable, index);
      const dirt = subtaskPlan.kindOf(index);
      const parentIndex = pickParent(random);
      const parent =
        parentIndex === undefined
          ? undefined
          : { id: new Random(seed, 'tasks', parentIndex).uuid(), createdMs: taskTime(parentIndex) };
      const isRejected = counts.add(subtaskTable, subtaskDirt, dirt);
      const parentDirt = parentIndex === undefined ? undefined : taskPlan.kindOf(parentIndex);
      const followsParent = parentDirt !== undefined && rejectedTasks.has(parentDirt);
      if (!isRejected && followsParent && dirt !== 'parent_task_id null') {
        counts.addOne(subtaskTable, { code: 'reference-set-aside', path: 'parent_task_id' });
      }
      yield makeSubtask(random, { counter: users + tasks + index + 1, parent, dirt });
    }
  }

  return {
    collections: [
      { name: 'users', documents: users, indexes: [{ email: 1 }], generate: generateUsers },
      {
        name: 'tasks',
        documents: tasks,
        indexes: [{ username: 1, created_at: -1 }],
        generate: generateTasks,
      },
      {
        name: subtaskTable,
        documents: subtasks,
        indexes: [{ parent_task_id: 1 }, { status: 1, created_at: 1 }],
        generate: generateSubtasks,
      },
    ],
    knownRejections: () => counts.list(),
  };
}

class RejectionCounts {
  readonly #byCollection = new Map<string, Map<string, KnownRejection>>();

  restart(collection: string): void {
    this.#byCollection.set(collection, new Map());
  }

  /** @returns whether a document that is dirty in this way is set aside */
  add(collection: string, kinds: readonly DirtKind[], dirt: string | undefined): boolean {
    const rejection = kinds.find((kind) => kind.name === dirt)?.rejection;
    if (rejection !== undefined) this.addOne(collection, rejection);
    return rejection !== undefined;
  }

  addOne(collection: string, { code, path }: Pick<KnownRejection, 'code' | 'path'>): void {
    const counts = this.#byCollection.get(collection);
    const key = `${code} ${path}`;
    counts?.set(key, { collection, code, path, documents: (counts.get(key)?.documents ?? 0) + 1 });
  }

  list(): readonly KnownRejection[] {
    return [...this.#byCollection.values()].flatMap((counts) => [...counts.values()]);
  }
}
