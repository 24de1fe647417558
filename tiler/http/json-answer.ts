import { entityTag, matchesIfNoneMatch } from './etag.js';

/** JSON with an ETag over itself; 304 where the client has it. */
export function jsonAnswer(value: unknown, ifNoneMatch: string | undefined, cacheControl: string): Response {
  const body = JSON.stringify(value);
  const etag = entityTag({ body });
  const headers = { ETag: etag, 'Cache-Control': cacheControl };
  if (matchesIfNoneMatch(ifNoneMatch, etag)) return new Response(null, { status: 304, headers });
  return new Response(body, {
    headers: {
      ...headers,
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(body)),
    },
  });
}
