/** So many different paths are told apart in one collection; keys may be data, and of those there is no end. */
const maxPaths = 2000;

/** And so many below one path: beyond it they are one, `*`. */
const maxKeys = 200;

/** How many paths are told apart: in a whole collection, and below one path. */
interface PathLimits {
  readonly paths: number;
  readonly keys: number;
}

/** How many paths may still be made, and what stands for those that may not. */
interface PathBudget {
  left: number;
  readonly keys: number;
  beyond: LossPath | undefined;
  readonly byText: Map<string, LossPath>;
}

/** A path in documents, without array positions. Each path is one object, so that losses can be counted at it. */
export class LossPath {
  /** Keys joined by dots. */
  readonly text: string;
  readonly parent: LossPath | undefined;
  /** The first path with this text: the key `a.b` and the field `b` of `a` look alike in a report. */
  readonly shown: LossPath;
  readonly #children = new Map<string, LossPath>();
  readonly #budget: PathBudget;
  #otherKeys: LossPath | undefined;

  constructor(text: string, parent: LossPath | undefined, budget: PathBudget) {
    this.text = text;
    this.parent = parent;
    this.#budget = budget;
    this.shown = budget.byText.get(text) ?? this;
    if (this.shown === this) budget.byText.set(text, this);
  }

  /** @param key UTF-8 as one character per byte, as `latin1` reads it */
  child(key: string): LossPath {
    const known = this.#children.get(key);
    if (known !== undefined) return known;
    const budget = this.#budget;
    if (this.parent !== undefined && this.#children.size >= budget.keys) return this.#others();
    if (budget.left === 0) return budget.beyond ?? this;
    budget.left--;
    const text = Buffer.from(key, 'latin1').toString('utf8');
    const child = new LossPath(this.parent === undefined ? text : `${this.text}.${text}`, this, budget);
    this.#children.set(key, child);
    return child;
  }

  #others(): LossPath {
    this.#otherKeys ??= new LossPath(`${this.text}.*`, this, this.#budget);
    return this.#otherKeys;
  }

  /** Whether `other` is this path or lies below it. */
  covers(other: LossPath): boolean {
    for (let path: LossPath | undefined = other; path !== undefined; path = path.parent) {
      if (path === this) return true;
    }
    return false;
  }
}

/** The path of the document itself, from which all others are made. */
export function rootLossPath({ paths, keys }: PathLimits = { paths: maxPaths, keys: maxKeys }): LossPath {
  const byText = new Map<string, LossPath>();
  const beyond = new LossPath('*', undefined, { left: 0, keys, beyond: undefined, byText });
  return new LossPath('', undefined, { left: paths, keys, beyond, byText });
}
