import type { lookup } from 'node:dns';
import { GeoCropError, isGeoCropError } from '../../../engine/errors.js';
import { createByteSource } from '../../../engine/windows/byte-source/create-byte-source.js';
import type { Fetch } from '../../../engine/windows/byte-source/read-http.js';
import { missing, type PlaceSource } from './cog-files.js';
import { replaced } from './folder-source.js';
import { guardedFetch } from './guarded-fetch.js';
import type { CogAddress } from './parse-address.js';

export interface HttpSourceOptions {
  /** Hosts that may lie in a private network. */
  readonly privateHosts: readonly string[];
  /** The longest that one request may take, milliseconds. */
  readonly timeoutMs: number;
  /** Requests at once. */
  readonly maxInFlight: number;
  /** Bytes that came. */
  readonly onRead?: (bytes: number) => void;
  readonly lookup?: typeof lookup;
}

/** Somebody waits for each: another try may mend it, three would take too long. */
const TRIES = 2;
/** Begins what stands for a version in the address of who does not know it yet: no version has it. */
const QUESTION = '?';

interface Version {
  readonly version: string;
  readonly modified: Date | null;
}

/** Files on web servers; their version is what the server says of them: ETag, time and size. */
export function openHttpSource(
  options: HttpSourceOptions,
): PlaceSource<Extract<CogAddress, { kind: 'http' }>> {
  const { privateHosts, timeoutMs, maxInFlight, onRead } = options;
  const guarded = guardedFetch({
    mayBePrivate: (host) => privateHosts.includes(host),
    ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
  });
  /** What came for those who ask which file it is, by the mark at the end of their address. */
  const versions = new Map<string, Version>();
  let questions = 0;
  const checked: Fetch = async (href, init) => {
    const [url = '', asked = ''] = href.split('#', 2);
    const response = await guarded(url, init);
    const found = versionOf(response);
    if (found === null) return response;
    if (asked.startsWith(QUESTION)) versions.set(asked, found);
    else if (asked !== found.version) {
      await response.body?.cancel().catch(() => undefined);
      throw replaced();
    }
    return response;
  };
  const source = createByteSource({
    fetch: checked,
    tries: TRIES,
    timeoutMs,
    maxInFlight,
    onRead: (_href, bytes) => onRead?.(bytes),
  });
  return {
    read: (href, start, end, signal) => source.read(href, start, end, signal),
    identify: async ({ url }, signal) => {
      const question = `${QUESTION}${(questions += 1)}`;
      try {
        await source.read(`${url}#${question}`, 0, 1, signal);
        const found = versions.get(question);
        if (found !== undefined) return { href: `${url}#${found.version}`, lastModified: found.modified };
      } catch (error) {
        // An empty file, too: nothing of a TIFF is there.
        throw isGeoCropError(error, 'source-missing') ? missing(error) : error;
      } finally {
        versions.delete(question);
      }
      throw new GeoCropError('source-unavailable', 'The server does not answer ranges of this file.', {
        hint: 'Serve the file from a server that answers range requests (206) and names sizes.',
      });
    },
  };
}

/** null where the answer is none of a part. */
function versionOf({ status, headers }: Response): Version | null {
  const size = /\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1];
  if (status !== 206 || size === undefined) return null;
  const modified = headers.get('last-modified');
  const version = [headers.get('etag') ?? '', modified ?? '', size].map(encodeURIComponent).join(',');
  const time = modified === null ? NaN : Date.parse(modified);
  return { version, modified: Number.isNaN(time) ? null : new Date(time) };
}
