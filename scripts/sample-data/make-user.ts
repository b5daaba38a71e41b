import { Binary, type Document, Int32 } from 'bson';
import type { userDirt } from './dirt.ts';
import type { Random } from './random.ts';
import { objectIdAt } from './sample-time.ts';

type UserDirt = (typeof userDirt)[number]['name'];

const fullNames = [
  'O\'Brien "Bob"',
  'Zoë 👩🏽‍💻',
  'Ирина',
  'José Núñez',
  '陈小红',
  'Łukasz Żak',
  'Ada Lovelace',
];
const tenDaysMs = 864_000_000;

export interface UserPlace {
  readonly index: number;
  readonly createdMs: number;
  readonly dirt: UserDirt | undefined;
  /** How many documents before this one are dirty in the same way. */
  readonly sameBefore: number;
}

export function makeUser(random: Random, { index, createdMs, dirt, sameBefore }: UserPlace): Document {
  const createdAt = new Date(createdMs + random.below(1000));
  const user: Document = {
    _id: objectIdAt(createdMs, index + 1),
    id: random.uuid(),
    email: `user${index}@example.com`,
    hashed_password: `$2b$12$${random.hex(53)}`,
    fullname: random.pick(fullNames),
    roles: random.chance(0.05) ? ['user', 'admin'] : ['user'],
    is_active: random.chance(0.8),
    created_at: createdAt,
    updated_at: new Date(createdAt.getTime() + random.below(tenDaysMs)),
  };
  switch (dirt) {
    case undefined:
      break;
    case 'no id':
      delete user['id'];
      break;
    case 'string _id':
      user['_id'] = `legacy-${index}`;
      break;
    case 'uuid _id':
      user['_id'] = new Binary(Buffer.from(random.uuid().replaceAll('-', ''), 'hex'), Binary.SUBTYPE_UUID);
      break;
    case 'int _id':
      user['_id'] = new Int32(index);
      break;
    case 'no roles':
      delete user['roles'];
      break;
    case 'no is_active':
      delete user['is_active'];
      break;
    case 'no created_at':
      delete user['created_at'];
      break;
    case 'created_at is ISO text':
      user['created_at'] = createdAt.toISOString();
      break;
    case 'duplicate e-mail':
      user['email'] = `twice${sameBefore >> 1}@example.com`;
      break;
    case 'NUL in fullname':
      user['fullname'] = 'nul\0byte';
      break;
    case 'unknown field last_ip':
      user['last_ip'] = `10.0.${random.below(256)}.${random.below(256)}`;
      break;
    case 'fullname null':
      user['fullname'] = null;
      break;
    default:
      return dirt satisfies never;
  }
  return user;
}
