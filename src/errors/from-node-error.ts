import { DocrowError } from './docrow-error.ts';

const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
]);

const untrusted = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What Node puts on the errors of sockets, TLS and files. */
interface NodeError extends Error {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly path?: unknown;
  readonly address?: unknown;
  readonly hostname?: unknown;
  readonly port?: unknown;
  readonly errors?: unknown;
}

/** Errors of the network (taken to be the target's: a source maps its own), of TLS, of files, and aborts. */
export const fromNodeError = (error: unknown): DocrowError | undefined => {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'AbortError') return new DocrowError('interrupted', 'The run was stopped', {}, error);
  const node: NodeError = firstInside(error);
  if (typeof node.code !== 'string') return undefined;
  if (unreachable.has(node.code)) return connectionError(node, error);
  if (untrusted.has(node.code)) {
    const message = 'The certificate of the PostgreSQL server cannot be verified';
    return new DocrowError('target-untrusted', message, { reason: node.code }, error);
  }
  return typeof node.syscall === 'string' && typeof node.path === 'string'
    ? fileError(node, error)
    : undefined;
};

/** Node tries every address of a host and throws one AggregateError for all of them. */
const firstInside = (error: NodeError): NodeError => {
  const inside = Array.isArray(error.errors) ? error.errors[0] : undefined;
  return inside instanceof Error ? inside : error;
};

const connectionError = (node: NodeError, cause: Error): DocrowError => {
  const host = text(node.hostname) ?? text(node.address);
  const port = typeof node.port === 'number' ? node.port : undefined;
  const place = host === undefined ? '' : ` at ${host}${port === undefined ? '' : `:${port}`}`;
  const message = `The PostgreSQL server${place} cannot be reached (${node.code})`;
  return new DocrowError('target-unreachable', message, { host, port, reason: text(node.code) }, cause);
};

const fileError = (node: NodeError, cause: Error): DocrowError => {
  const message = `The file ${node.path} cannot be used (${node.syscall}: ${node.code})`;
  return new DocrowError('file-failed', message, { path: text(node.path), reason: text(node.code) }, cause);
};

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
