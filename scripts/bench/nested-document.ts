import { type Document, Long } from 'bson';
import { Random } from '../sample-data/random.ts';
import { objectId } from './object-id.ts';
import { phrase } from './words.ts';

const firstTime = Date.UTC(2024, 0, 1);
const siblings = 50;
const variables = ['v0', 'v1', 'v2', 'v3', 'v4', 'v5'] as const;
const variableTypes = ['prompt', 'ratio', 'seed', 'use_polish', 'style_ref', 'char_ref'] as const;
const chinesePhrases = ['清晨的港口', '雨后的街道', '水彩风格的山谷', '高清细节', '暖色调光影'] as const;

/** A document of about 1 KB: two small maps, an array of numbers, an array of documents, and a result three levels deep. */
export function nestedDocument(seed: number, index: number): Document {
  const random = new Random(seed, 'nested', index);
  const createdAt = firstTime + index * 37 + random.below(37);
  const outcome = random.below(100);
  return {
    _id: objectId(createdAt, index),
    id: random.uuid(),
    parent_task_id: new Random(seed, 'parent', Math.floor(index / siblings)).uuid(),
    variable_indices: variables.map((_, at) => (at < 3 || random.chance(0.4) ? random.below(20) : null)),
    variable_types_map: Object.fromEntries(variables.map((name, at) => [name, variableTypes[at]])),
    type_to_variable: Object.fromEntries(variableTypes.map((name, at) => [name, variables[at]])),
    status: outcome < 5 ? 'failed' : outcome < 25 ? 'pending' : 'completed',
    result: outcome < 25 ? null : result(random),
    error: outcome < 5 ? `TimeoutError: no answer within 30s\n\tat worker-${random.below(100)}` : null,
    retry_count: random.below(4),
    prompts: ['freetext', random.pick(promptTypes), random.pick(promptTypes)].map((type) =>
      prompt(random, type),
    ),
    ratio: random.pick(['1:1', '16:9', '3:4']),
    seed: random.chance(0.5) ? random.below(2 ** 31) : Long.fromNumber(2 ** 31 + random.below(1e12)),
    use_polish: random.chance(0.5),
    created_at: new Date(createdAt),
    updated_at: new Date(createdAt + random.below(1e6)),
  };
}

const promptTypes = ['vtoken_adaptor', 'elementum', 'freetext'] as const;

const prompt = (random: Random, type: string): Document => ({
  type,
  value: promptText(random),
  weight: random.chance(0.7) ? 1 : random.below(100) / 100,
});

/** Mostly plain words; some outside ASCII, some with what JSON has to escape. */
function promptText(random: Random): string {
  const kind = random.below(100);
  if (kind < 15) return random.pick(chinesePhrases) + random.pick(chinesePhrases);
  if (kind < 20) return `say "${phrase(random, 3)}"\n${phrase(random, 2)}`;
  return phrase(random, 5 + random.below(6));
}

const result = (random: Random): Document => ({
  url: `https://cdn.example.com/img/${random.hex(16)}.webp`,
  width: random.pick([512, 768, 1024]),
  height: random.pick([512, 768, 1024]),
  meta: {
    model: `sdxl-${random.below(10)}`,
    steps: 20 + random.below(30),
    nsfw: false,
    timings: { queue: random.below(10_000) / 1000, run: random.below(100_000) / 1000 },
  },
  tags: [phrase(random, 1), phrase(random, 1)],
});
