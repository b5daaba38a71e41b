import { Decimal128, type Document, Double, Int32, Long } from 'bson';
import type { taskDirt } from './dirt.ts';
import type { Random } from './random.ts';
import { objectIdAt } from './sample-time.ts';

type TaskDirt = (typeof taskDirt)[number]['name'];

const taskNames = ['海报', 'landscape', 'tab\there', 'portrait', 'icon set'];
const tags = ['sdxl', '夜景', '{x}', 'batch', 'v2', 'a,b', 'ok'];
const subjects = ['cat', '狐狸', 'dog'];
const dayMs = 86_400_000;

export interface TaskPlace {
  readonly index: number;
  /** Unique among all documents of the sample. */
  readonly counter: number;
  readonly createdMs: number;
  readonly users: number;
  readonly dirt: TaskDirt | undefined;
}

/** `random` must be fresh: the first thing drawn is the id, which subtasks draw again to refer to it. */
export function makeTask(random: Random, place: TaskPlace): Document {
  const { index, counter, createdMs, users, dirt } = place;
  const task: Document = {
    _id: objectIdAt(createdMs, counter),
    id: random.uuid(),
    task_name: `${random.pick(taskNames)} ${index}`,
    username: `user${random.below(users)}`,
    tags: Array.from({ length: random.below(4) }, () => random.pick(tags)),
    variables: makeVariables(random),
    settings: makeSettings(random),
    status: random.pick(['pending', 'processing', 'completed', 'completed', 'failed']),
    created_at: new Date(createdMs),
    updated_at: new Date(createdMs + random.below(dayMs)),
    total_images: new Int32(random.below(64)),
    all_subtasks_completed: random.chance(0.5),
    is_deleted: random.chance(0.05),
    priority: new Int32(1 + random.below(3)),
  };
  switch (dirt) {
    case undefined:
      break;
    case 'no id':
      delete task['id'];
      break;
    case 'a number among tags':
      task['tags'] = ['ok', new Int32(7)];
      break;
    case 'priority 2.0':
      task['priority'] = new Double(2);
      break;
    case 'priority 1.5':
      task['priority'] = new Double(1.5);
      break;
    case 'total_images beyond int32':
      task['total_images'] = Long.fromNumber(2 ** 32);
      break;
    case 'year 12000':
      task['created_at'] = new Date(Date.UTC(12_000, 0, 1));
      break;
    case 'no settings':
      delete task['settings'];
      break;
    case 'no priority, no status':
      delete task['priority'];
      delete task['status'];
      break;
    default:
      return dirt satisfies never;
  }
  return task;
}

function makeVariables(random: Random): Document {
  const values = Array.from({ length: 1 + random.below(3) }, () => ({
    value: random.pick(subjects),
    weight: new Double((10 + random.below(10)) / 10),
  }));
  return { v0: { name: '角色', values }, v1: { name: 'ratio', values: [{ value: '1:1' }] } };
}

function makeSettings(random: Random): Document {
  return {
    steps: new Int32(20 + random.below(30)),
    cfg: new Double(7.5),
    sampler: 'dpm++',
    cost: Decimal128.fromString(`${1 + random.below(99)}.${String(random.below(100)).padStart(2, '0')}`),
    // Beyond what a double holds exactly.
    budget: Long.fromBigInt(9_007_199_254_741_000n + BigInt(random.below(1000))),
  };
}
