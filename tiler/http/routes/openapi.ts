import { docsFiles } from '../../openapi/docs-files.js';
import { openApiDocument } from '../../openapi/openapi-document.js';
import { SOFTWARE_VERSION } from '../../version.js';
import { baseUrl } from '../base-url.js';
import { REVALIDATE, SHORT } from '../caching.js';
import type { AppDeps, Handler } from '../deps.js';
import { jsonAnswer } from '../json-answer.js';
import { NOT_MODIFIED, json } from '../parameters.js';
import type { Operation, Route } from '../route.js';
import { HttpError } from '../problem.js';
import { staticAnswer } from '../static-answer.js';
import type { StaticFile } from '../static-files.js';

const OPENAPI_OPERATION: Operation = {
  summary: 'This interface, for machines',
  tag: 'server',
  answers: json('OpenAPI 3.1'),
};

const DOCS_OPERATION: Operation = {
  summary: 'This interface, for people',
  tag: 'server',
  answers: {
    200: { description: 'A page', content: { 'text/html': { type: 'string' } } },
    ...NOT_MODIFIED,
  },
};

/**
 * GET /openapi.json out of the route table itself, and GET /docs, a page that shows it.
 * @param routes all others; these two are added
 */
export function openApiRoutes(deps: AppDeps, routes: readonly Route[]): readonly Route[] {
  const own: Route[] = [
    {
      method: 'get',
      path: '/openapi.json',
      operation: OPENAPI_OPERATION,
      handler: documentRoute(deps, () => all),
    },
    { method: 'get', path: '/docs', operation: DOCS_OPERATION, handler: docsRoute(() => 'index.html') },
    {
      method: 'get',
      path: '/docs/:file',
      operation: null,
      handler: docsRoute((name) => (name === 'index.html' ? '' : name)),
    },
  ];
  const all = [...routes, ...own];
  return own;
}

function documentRoute({ config }: AppDeps, routes: () => readonly Route[]): Handler {
  return (c) => {
    const document = openApiDocument(routes(), {
      version: SOFTWARE_VERSION,
      serverUrl: baseUrl(c, config.publicUrl),
      attribution: config.attribution,
    });
    return jsonAnswer(document, c.req.header('If-None-Match'), SHORT);
  };
}

function docsRoute(nameOf: (asked: string) => string): Handler {
  let files: Promise<ReadonlyMap<string, StaticFile>> | null = null;
  return async (c) => {
    files ??= docsFiles();
    // What cannot be read now may be there later.
    files.catch(() => (files = null));
    const file = (await files).get(nameOf(c.req.param('file') ?? ''));
    if (file === undefined) {
      throw new HttpError('not-found', `There is nothing at ${c.req.path}.`, 'The page is at /docs.');
    }
    return staticAnswer(c, file, REVALIDATE);
  };
}
