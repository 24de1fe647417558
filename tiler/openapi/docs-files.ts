import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { staticFile, type StaticFile } from '../http/static-files.js';

const require = createRequire(import.meta.url);
/** Swagger UI's own files, out of its package: nothing comes from elsewhere. */
const PACKAGE_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js'] as const;

/** Relative addresses: the page works below any path. It is /docs, without a slash. */
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>GeoCrop: HTTP interface</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="docs/swagger-ui.css" />
  </head>
  <body>
    <div id="interface"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

/** `validatorUrl`: no badge, which would send the document's address to somebody else. */
const START = `window.addEventListener('load', () => {
  SwaggerUIBundle({ url: 'openapi.json', dom_id: '#interface', deepLinking: true, validatorUrl: null });
});
`;

/** The files of the page that shows /openapi.json, by name. Reads some 2 MB from the disk. */
export async function docsFiles(): Promise<ReadonlyMap<string, StaticFile>> {
  const own = [
    ['index.html', Buffer.from(PAGE)],
    ['start.js', Buffer.from(START)],
  ] as const;
  const others = await Promise.all(
    PACKAGE_FILES.map(
      async (name) => [name, await readFile(require.resolve(`swagger-ui-dist/${name}`))] as const,
    ),
  );
  return new Map(
    await Promise.all(
      [...own, ...others].map(async ([name, body]) => [name, await staticFile(name, body)] as const),
    ),
  );
}
