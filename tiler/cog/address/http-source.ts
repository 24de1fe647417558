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
  /** Milliseconds. */
  readonly now: () => number;
}

/** Somebody waits for each: another try may mend it, three would take too long. */
const TRIES = 2;
/** Begins what stands for a version in the address of who does not know it yet: no version has it. */
const QUESTION = '?';

interface Version {
  readonly version: string;
  readonly modified: Date | null;
}

/**
 * So long a file counts as the same that nobody tells from another, milliseconds: as long as its answers may be kept by who asks
 * (`max-age=300`).
 */
const UNSURE_MS = 300_000;

/** Files on web servers; their version is what the server says of them: ETag, time and size. */
export function openHttpSource(
  options: HttpSourceOptions,
): PlaceSource<Extract<CogAddress, { kind: 'http' }>> {
  const { privateHosts, timeoutMs, maxInFlight, onRead, now } = options;
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
    const found = versionOf(response, now());
    if (asked.startsWith(QUESTION)) {
      if (found !== null && response.status === 206) versions.set(asked, found);
    } else if (response.ok && asked !== found?.version) {
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

/** null where the answer is neither a part of a file nor all of it, or does not say how large that is. */
function versionOf({ status, headers }: Response, now: number): Version | null {
  const size = sizeOf(status, headers);
  if (size === null) return null;
  const etag = headers.get('etag') ?? '';
  const modified = headers.get('last-modified') ?? '';
  const time = Date.parse(modified);
  // A file may be replaced twice in the second that it names: RFC 9110, section 8.8.2.2.
  const settled = Date.parse(headers.get('date') ?? '') - time >= 1000;
  const unsure = etag === '' && !settled ? [String(Math.floor(now / UNSURE_MS))] : [];
  return {
    version: [etag, modified, size, ...unsure].map(encodeURIComponent).join(','),
    modified: Number.isNaN(time) ? null : new Date(time),
  };
}

function sizeOf(status: number, headers: Headers): string | null {
  switch (status) {
    case 206:
      return /\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1] ?? null;
    case 200:
      return headers.get('content-length');
    default:
      return null;
  }
}
