import { renderTile } from '../../render/render-tile.js';
import { NO_STORE } from '../caching.js';
import type { AppDeps, Handler } from '../deps.js';
import { untaggedJson } from '../parameters.js';
import type { Operation } from '../route.js';

/** What {@link healthRoute} says about itself. */
export const HEALTH_OPERATION: Operation = {
  summary: 'Whether the process answers',
  tag: 'server',
  answers: untaggedJson('It does'),
};

/** What {@link readyRoute} says about itself. */
export const READY_OPERATION: Operation = {
  summary: 'Whether it can make pictures',
  tag: 'server',
  answers: { ...untaggedJson('It can'), 503: { description: 'It is stopping' } },
};

const headers = { 'Cache-Control': NO_STORE };

/** GET /healthz: the process answers. */
export const healthRoute: Handler = () => Response.json({ status: 'ok' }, { headers });

/** GET /readyz: a picture of ours can be made. Neither catalogue nor store is touched: their failing is no reason to restart. */
export function readyRoute({ closing }: AppDeps): Handler {
  return async () => {
    if (closing?.aborted === true) return Response.json({ status: 'stopping' }, { status: 503, headers });
    const { body } = await renderTile(fixture(), {
      layer: { name: 'classes', kind: 'classes' },
      tile: { z: 0, x: 0, y: 0 },
      format: 'png',
      style: { kind: 'palette', colors: ['#000000', '#ffffff'] },
    });
    return Response.json({ status: 'ready', renderedBytes: body.byteLength }, { headers });
  };
}

/** A chessboard of two classes with a hole. */
function fixture() {
  const side = 256;
  const data = Uint8Array.from({ length: side * side }, (_, at) =>
    at === 0 ? 255 : ((at >> 4) ^ (at >> 12)) & 1,
  );
  return { data, bands: 1, width: side, height: side, nodata: 255 };
}
