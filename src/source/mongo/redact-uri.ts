/** Options whose value is a secret, or holds one. */
const secretOptions = /([?&](?:[^=&]*password|authMechanismProperties)=)[^&]*/gi;

/**
 * A MongoDB URI that can be shown: without the password and without secret options. A password that was not
 * percent-encoded, and may hold any character, is taken out as well; better too much than too little.
 */
export function redactUri(uri: string): string {
  const start = uri.indexOf('://') + 3;
  const at = uri.lastIndexOf('@');
  if (at < start) return uri.replace(secretOptions, '$1***');
  const colon = uri.indexOf(':', start);
  const hasPassword = colon !== -1 && colon < at;
  const user = uri.slice(start, hasPassword ? colon : at);
  const rest = uri.slice(at).replace(secretOptions, '$1***');
  return `${uri.slice(0, start)}${user}${hasPassword ? ':***' : ''}${rest}`;
}
