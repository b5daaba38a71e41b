/** One thing that is wrong in what a person wrote: a setting, a mapping. Several are reported together. */
export interface Problem {
  /** What is wrong and what to do, in sentence case without a full stop. Never a secret. */
  readonly message: string;
  /** `file:line:column`, a flag or the name of an environment variable. */
  readonly location?: string | undefined;
}
