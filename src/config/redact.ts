const mask = '***';

/**
 * Hides the passwords of URIs and connection strings anywhere in a text: the part after `scheme://user:`, also
 * with characters that should have been percent-encoded, and query or keyword parameters that hold a secret.
 * Where a text is ambiguous it hides too much rather than too little.
 */
export const redact = (text: string): string =>
  text
    .replace(userinfoPassword, `$1${mask}`)
    .replace(queryParameter, (whole, start: string, key: string) =>
      isSecretName(key) ? `${start}${key}=${mask}` : whole,
    )
    .replace(keywordParameter, `$1${mask}`)
    .replace(sessionToken, `$1${mask}`);

/** `redact` for every text inside a value that is to become JSON. */
export const redactDeep = (value: unknown): unknown => {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(redactDeep);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redactDeep(inner)]));
};

// The password ends at the first @ behind which a host (no further @) reaches to /, ?, #, a quote or the end.
const userinfoPassword =
  /([a-z][a-z0-9+.-]*:\/\/[^\s:@/?#]*:)[^\s]+?(?=@[^\s@/?#"'`<>]*(?:[/?#\s"'`<>]|$))/gi;
const queryParameter = /([?&])([^=&\s?#]+)=[^&\s#"'`<>]*/g;
const keywordParameter = /(\b[a-z_]*password\s*=\s*)(?!\*\*\*)(?:'(?:[^'\\]|\\.)*'|[^\s&'"`]+)/gi;
const sessionToken = /(AWS_SESSION_TOKEN(?::|%3A|=))[^\s,&"'`]+/gi;

/** Whether a parameter of this name holds a password: `password`, `sslpassword`, `tlsCertificateKeyFilePassword` … */
const isSecretName = (name: string): boolean => /password$/i.test(decoded(name));

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Whether a text holds a password that `redact` would hide. */
export const holdsPassword = (text: string): boolean => redact(text) !== text;
