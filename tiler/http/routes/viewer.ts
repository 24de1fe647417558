import { REVALIDATE } from '../caching.js';
import type { AppDeps, Handler } from '../deps.js';
import { HttpError } from '../problem.js';
import { staticAnswer } from '../static-answer.js';
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
    return staticAnswer(c, file, REVALIDATE);
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
