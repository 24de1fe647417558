import { acceptsGzip } from './accepts-gzip.js';
import { IMMUTABLE, type REVALIDATE } from './caching.js';
import type { AppContext } from './deps.js';
import { matchesIfNoneMatch } from './etag.js';
import type { StaticFile } from './static-files.js';

/** A file in memory: zipped where that is taken, 304 where the client has it. @param cacheControl of what does not name its version */
export function staticAnswer(c: AppContext, file: StaticFile, cacheControl: typeof REVALIDATE): Response {
  const zipped = file.gzipped !== null && acceptsGzip(c.req.header('Accept-Encoding')) ? file.gzipped : null;
  const { body, etag } = zipped ?? file;
  const headers = {
    ETag: etag,
    'Cache-Control': file.immutable ? IMMUTABLE : cacheControl,
    ...(file.gzipped === null ? {} : { Vary: 'Accept-Encoding' }),
  };
  if (matchesIfNoneMatch(c.req.header('If-None-Match'), etag)) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(body, {
    headers: {
      ...headers,
      'Content-Type': file.contentType,
      'Content-Length': String(body.byteLength),
      ...(zipped === null ? {} : { 'Content-Encoding': 'gzip' }),
    },
  });
}
