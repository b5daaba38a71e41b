import type { MongoClient } from 'mongodb';

/** A warning for each way in which what goes over the network can be read or changed by others. */
export function insecureNotices(client: MongoClient): readonly string[] {
  const { hosts, tls, srvHost, checkServerIdentity, rejectUnauthorized } = client.options;
  const remote = hosts.filter(({ host, isIPv6 }) => !isLocal(host, isIPv6)).map(({ host }) => host);
  const names = srvHost === undefined ? remote : [srvHost];
  if (names.length === 0) return [];
  const place = names.join(', ');
  if (!tls) {
    return [
      `WARNING: the connection to ${place} is not encrypted: documents and credentials can be read by others on the way (add tls=true to the URI)`,
    ];
  }
  // The driver makes these of tlsInsecure, tlsAllowInvalidCertificates and tlsAllowInvalidHostnames.
  const unchecked = rejectUnauthorized === false || checkServerIdentity !== undefined;
  return unchecked
    ? [`WARNING: the certificate of ${place} is not verified: anybody on the way can pretend to be it`]
    : [];
}

/** Sockets of this machine have no host. */
function isLocal(host: string | undefined, isIPv6: boolean): boolean {
  if (host === undefined) return true;
  return isIPv6 ? host === '::1' : host === 'localhost' || /^127\./.test(host);
}
