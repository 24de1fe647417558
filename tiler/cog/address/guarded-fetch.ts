import { lookup as systemLookup } from 'node:dns';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { Fetch } from '../../../engine/windows/byte-source/read-http.js';
import { forbidden } from './parse-address.js';
import { isPrivateAddress } from './private-address.js';

export interface GuardedFetchOptions {
  /** Whether the operator says that this host may lie in a private network. */
  readonly mayBePrivate: (host: string) => boolean;
  /** Default: the system's. */
  readonly lookup?: typeof systemLookup;
  readonly maxSockets?: number;
}

/** Sockets to one host. */
const MOST_SOCKETS = 16;

/**
 * `fetch` for files of others: it follows no redirect, and connects only to addresses that it has looked at itself, so that a
 * name cannot mean one address when it is checked and another when it is used. GET only; `init.signal` and `init.headers`.
 * Rejects with `url-forbidden` for redirects and private addresses.
 */
export function guardedFetch(options: GuardedFetchOptions): Fetch {
  const lookup = guardedLookup(options);
  const agentOptions = { keepAlive: true, maxSockets: options.maxSockets ?? MOST_SOCKETS };
  const agents = { 'http:': new http.Agent(agentOptions), 'https:': new https.Agent(agentOptions) };
  return (text, init) =>
    new Promise((resolve, reject) => {
      const url = new URL(text);
      const secure = url.protocol === 'https:';
      // Names that are addresses are never looked up.
      const literal = url.hostname.replace(/^\[|\]$/g, '');
      if (isIP(literal) !== 0 && isPrivateAddress(literal) && !options.mayBePrivate(url.hostname)) {
        reject(forbidden());
        return;
      }
      const request = (secure ? https : http).get(url, {
        agent: agents[secure ? 'https:' : 'http:'],
        headers: init.headers as Record<string, string>,
        lookup,
        ...(init.signal ? { signal: init.signal } : {}),
      });
      request.once('error', reject);
      request.once('response', (response) => {
        const status = response.statusCode ?? 0;
        if (status >= 300 && status < 400) {
          response.destroy();
          reject(forbidden());
          return;
        }
        resolve(asResponse(response, status));
      });
    });
}

/** Answers as `fetch` has them; a body that breaks off errors. */
function asResponse(message: http.IncomingMessage, status: number): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const empty = status < 200 || status === 204 || status > 599;
  if (empty) message.resume();
  const body = empty ? null : (Readable.toWeb(message) as NodeReadableStream<Uint8Array>);
  // 1xx and what no standard knows: nothing that could be read.
  return new Response(body, { status: empty && status !== 204 ? 502 : status, headers });
}

function guardedLookup({ mayBePrivate, lookup = systemLookup }: GuardedFetchOptions): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      const allowed = mayBePrivate(host)
        ? addresses
        : addresses.filter(({ address }) => !isPrivateAddress(address));
      const [first] = allowed;
      // One private address among public ones is somebody's try: the name is not used at all.
      if (first === undefined || allowed.length < addresses.length) {
        callback(forbidden(), '', 0);
        return;
      }
      if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
