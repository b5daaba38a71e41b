import { foldedName, safeName } from '../../mapping/safe-name.ts';

/** Names of one space that are taken: two that differ in case alone are one. */
export class FreeNames {
  readonly #taken = new Set<string>();

  has(name: string): boolean {
    return this.#taken.has(foldedName(name));
  }

  /** Takes the first of the wanted names that is free, else the last of them with a number behind it. */
  take(...wanted: readonly [string, ...string[]]): string {
    const last = wanted.at(-1) ?? wanted[0];
    let name = wanted.find((candidate) => !this.has(candidate));
    for (let n = 2; name === undefined; n++) {
      const numbered = safeName(`${last.replace(/_+$/, '') || '_'}_${n}`);
      if (!this.has(numbered)) name = numbered;
    }
    this.#taken.add(foldedName(name));
    return name;
  }
}
