import { Binary, Decimal128, type Document, Double, Int32, Long } from 'bson';
import type { subtaskDirt } from './dirt.ts';
import type { Random } from './random.ts';
import { objectIdAt } from './sample-time.ts';

type SubtaskDirt = (typeof subtaskDirt)[number]['name'];

const variableTypes = ['prompt', 'ratio', 'seed', 'use_polish', 'style', 'char'];
const promptTypes = ['freetext', 'elementum', 'oc_vtoken_adaptor'];
const promptTexts = ['say "hi"\nthere', 'a cat on a roof', 'back\\slash', '一位年轻女子站在河边'];
const fourDaysMs = 4 * 86_400_000;
const hourMs = 3_600_000;

export interface SubtaskPlace {
  /** Unique among all documents of the sample. */
  readonly counter: number;
  readonly parent: { readonly id: string; readonly createdMs: number } | undefined;
  readonly dirt: SubtaskDirt | undefined;
}

export function makeSubtask(random: Random, { counter, parent, dirt }: SubtaskPlace): Document {
  const createdMs = (parent?.createdMs ?? Date.parse('2023-01-01T00:00:00Z')) + random.below(fourDaysMs);
  const subtask: Document = {
    _id: objectIdAt(createdMs, counter),
    id: random.uuid(),
    parent_task_id: parent?.id ?? null,
    variable_indices: variableTypes.map((_type, place) =>
      place < 3 || random.chance(0.3) ? new Int32(random.below(20)) : null,
    ),
    variable_types_map: Object.fromEntries(variableTypes.map((type, place) => [`v${place}`, type])),
    type_to_variable: Object.fromEntries(variableTypes.map((type, place) => [type, `v${place}`])),
    status: random.pick(['pending', 'completed', 'completed', 'failed']),
    result: random.chance(0.2) ? null : makeResult(random),
    error: null,
    retry_count: new Int32(random.below(4)),
    prompts: Array.from({ length: 1 + random.below(3) }, () => ({
      type: random.pick(promptTypes),
      value: random.pick(promptTexts),
      weight: new Double(1),
    })),
    ratio: random.pick(['1:1', '16:9', '3:4']),
    seed: new Int32(random.below(2 ** 31)),
    use_polish: random.chance(0.5),
    created_at: new Date(createdMs),
    updated_at: new Date(createdMs + random.below(3 * hourMs)),
  };
  soil(subtask, dirt, random, createdMs, counter);
  return subtask;
}

function soil(
  subtask: Document,
  dirt: SubtaskDirt | undefined,
  random: Random,
  createdMs: number,
  counter: number,
): void {
  switch (dirt) {
    case undefined:
      break;
    case 'no id':
      delete subtask['id'];
      break;
    case 'parent task does not exist':
      subtask['parent_task_id'] = random.uuid();
      break;
    case 'parent_task_id null':
      subtask['parent_task_id'] = null;
      break;
    case 'seed int64':
      subtask['seed'] = Long.fromNumber(2 ** 32 + random.below(2 ** 31) * 256);
      break;
    case 'seed integral double':
      subtask['seed'] = new Double(random.below(1_000_000));
      break;
    case 'seed 1e20':
      subtask['seed'] = new Double(1e20);
      break;
    case 'text in variable_indices':
      subtask['variable_indices'] = [new Int32(1), 'two', null, null, null, null];
      break;
    case 'NaN and Infinity in result':
      subtask['result'] = { score: new Double(Number.NaN), best: new Double(Number.POSITIVE_INFINITY) };
      break;
    case 'NUL in result':
      subtask['result'] = { note: 'nul\0inside' };
      break;
    case '200 kB error text':
      subtask['error'] = 'x'.repeat(200_000);
      break;
    case 'no retry_count, ratio, prompts':
      for (const field of ['retry_count', 'ratio', 'prompts']) delete subtask[field];
      break;
    case 'no variable_indices':
      delete subtask['variable_indices'];
      break;
    case 'binary, ObjectId, Decimal128 in result':
      subtask['result'] = {
        thumb: new Binary(random.bytes(32)),
        owner: objectIdAt(createdMs, counter),
        cost: Decimal128.fromString('1.10'),
      };
      break;
    default:
      dirt satisfies never;
  }
}

function makeResult(random: Random): Document {
  const queue = new Double(random.below(10_000) / 1000);
  const run = new Double(random.below(90_000) / 1000);
  return {
    url: `https://cdn.example.com/${random.hex(16)}.webp`,
    width: new Int32(1024),
    height: new Int32(768),
    meta: { model: 'sdxl', timings: { queue, run } },
  };
}
