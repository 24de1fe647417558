import { IMMUTABLE, REVALIDATE } from '../caching.js';
import type { AppDeps, Handler } from '../deps.js';
import { matchesIfNoneMatch } from '../etag.js';
import { HttpError } from '../problem.js';
import type { StaticFile } from '../static-files.js';
import { readStaticFiles } from '../static-files.js';

/** GET /…: the viewer's files; `/` is its page. Read once, at the first request. */
export function viewerRoute({ viewerDir }: AppDeps): Handler {
  let files: Promise<ReadonlyMap<string, StaticFile>> | null = null;
  const read = (): Promise<ReadonlyMap<string, StaticFile>> => {
    if (viewerDir === undefined) return Promise.resolve(new Map());
    if (files === null) {
      files = readStaticFiles(viewerDir);
      // A folder that cannot be read now may be there later.
      files.catch(() => (files = null));
    }
    return files;
  };

  return async (c) => {
    const path = c.req.path === '/' ? 'index.html' : c.req.path.slice(1);
    const file = (await read().catch(() => null))?.get(path);
    if (file === undefined) throw notFound(path);
    const zipped =
      file.gzipped !== null && acceptsGzip(c.req.header('Accept-Encoding')) ? file.gzipped : null;
    const { body, etag } = zipped ?? file;
    const headers = {
      ETag: etag,
      'Cache-Control': file.immutable ? IMMUTABLE : REVALIDATE,
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
  };
}

function notFound(path: string): HttpError {
  return path === 'index.html'
    ? new HttpError('not-found', 'The viewer is not built.', 'Run `npm run build`, then start again.')
    : new HttpError(
        'not-found',
        `There is nothing at /${path}.`,
        'Maps are at /tiles/{z}/{x}/{y}, described by /tilejson.json.',
      );
}

/** `gzip` or `*` with a weight other than 0 (RFC 9110, section 12.5.3). */
function acceptsGzip(header: string | undefined): boolean {
  return (header ?? '').split(',').some((part) => {
    const [name, ...parameters] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    const refused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    return (name === 'gzip' || name === '*') && !refused;
  });
}
