import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { acceptsGzip } from './accepts-gzip.js';
import type { AppContext } from './deps.js';
import { entityTag, matchesIfNoneMatch } from './etag.js';

const compress = promisify(gzip);

/** Below it a header costs more than compression gains. */
const MIN_GZIP_CHARACTERS = 2048;

/** A document with an ETag over itself, compressed for who takes that; 304 where the client has it. */
export async function textAnswer(
  c: AppContext,
  body: string,
  { contentType, cacheControl, fileName }: TextAnswer,
): Promise<Response> {
  const plain = entityTag({ body });
  const zipped = body.length >= MIN_GZIP_CHARACTERS && acceptsGzip(c.req.header('Accept-Encoding'));
  const etag = zipped ? plain.replace(/"$/, '-gzip"') : plain;
  const headers = { ETag: etag, 'Cache-Control': cacheControl, Vary: 'Accept-Encoding' };
  if (matchesIfNoneMatch(c.req.header('If-None-Match'), etag)) {
    return new Response(null, { status: 304, headers });
  }
  const bytes = zipped ? await compress(body) : Buffer.from(body);
  return new Response(bytes, {
    headers: {
      ...headers,
      'Content-Type': contentType,
      'Content-Length': String(bytes.byteLength),
      ...(zipped ? { 'Content-Encoding': 'gzip' } : {}),
      ...(fileName === undefined ? {} : { 'Content-Disposition': `attachment; filename="${fileName}"` }),
    },
  });
}

export interface TextAnswer {
  readonly contentType: string;
  readonly cacheControl: string;
  /** Under which a browser saves it; left out: it is shown. Letters, digits, `.`, `_` and `-` only. */
  readonly fileName?: string;
}
