export type Environment = Readonly<Record<string, string | undefined>>;

/** A text with its variables put in, or the names of those that are not set. */
export type Expanded = { readonly text: string } | { readonly missing: readonly string[] };

/**
 * Puts environment variables into a text: `${NAME}`, `${NAME:-default}` (the default also where NAME is empty,
 * as in a shell). `$${` stays as `${`.
 */
export const expandVariables = (text: string, env: Environment): Expanded => {
  const missing: string[] = [];
  const expanded = text.replace(
    /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}/g,
    (whole, name?: string, withDefault?: string, fallback?: string) => {
      if (name === undefined) return whole.slice(1);
      const value = env[name];
      if (withDefault !== undefined) return value === undefined || value === '' ? (fallback ?? '') : value;
      if (value === undefined) missing.push(name);
      return value ?? '';
    },
  );
  return missing.length > 0 ? { missing } : { text: expanded };
};
