import { readFile } from 'node:fs/promises';
import { messageOf } from '../../../engine/errors.js';
import { REVALIDATE } from '../caching.js';
import type { AppDeps, Handler } from '../deps.js';
import { NOT_MODIFIED } from '../parameters.js';
import { HttpError } from '../problem.js';
import type { Operation } from '../route.js';
import { staticAnswer } from '../static-answer.js';
import type { StaticFile } from '../static-files.js';
import { staticFile } from '../static-files.js';

export const DISTRICTS_PATH = '/districts.geojson';

/** What {@link districtsRoute} says about itself. */
export const DISTRICTS_OPERATION: Operation = {
  summary: 'Provinces or districts',
  description:
    'The file of the configuration, as it is; `geocrop.districts` of a TileJSON says that there is one.',
  tag: 'map',
  answers: {
    200: {
      description: 'GeoJSON: polygons in degrees',
      content: { 'application/geo+json': { type: 'object' } },
    },
    ...NOT_MODIFIED,
  },
};

/** GET /districts.geojson: what the operator gave for the viewer to draw. Read once, at the first request. */
export function districtsRoute({ config: { districts }, log }: AppDeps): Handler {
  let file: Promise<StaticFile> | null = null;
  const read = (path: string): Promise<StaticFile> => {
    if (file === null) {
      file = readFile(path).then((body) => staticFile(DISTRICTS_PATH, body));
      // A file that cannot be read now may be there later.
      file.catch(() => (file = null));
    }
    return file;
  };

  return async (c) => {
    if (districts === undefined) {
      const hint = 'GEOCROP_DISTRICTS names a GeoJSON file of provinces or districts.';
      throw new HttpError('not-found', 'This server has no districts.', hint);
    }
    const found = await read(districts).catch((cause: unknown) => {
      const hint = 'GEOCROP_DISTRICTS must name a file that the server may read.';
      log.warn('districts cannot be read', { path: districts, reason: messageOf(cause) });
      throw new HttpError('not-found', 'The file of districts cannot be read.', hint);
    });
    return staticAnswer(c, found, REVALIDATE);
  };
}
