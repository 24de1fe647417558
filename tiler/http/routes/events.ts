import type { MapKey } from '../../tiles/tile-service.js';
import { NO_STORE } from '../caching.js';
import type { AppDeps, Handler } from '../deps.js';
import { askedMap } from '../query.js';
import { MAP_PARAMETERS } from '../parameters.js';
import type { Operation } from '../route.js';

/** What {@link eventsRoute} says about itself. */
export const EVENTS_OPERATION: Operation = {
  summary: 'States of tiles as they change',
  description: 'Server-Sent Events: `hello` with map and version, then `tile` with each change.',
  tag: 'tiles',
  parameters: MAP_PARAMETERS,
  answers: {
    200: { description: 'A stream that does not end', content: { 'text/event-stream': { type: 'string' } } },
  },
};

/** Milliseconds between comments on a silent stream: proxies close what is silent for a minute. */
const HEARTBEAT_MS = 15_000;
/** Messages that a client may be behind before it is cut off; it comes back by itself and asks for its tiles anew. */
const MAX_BEHIND = 4096;
/** Milliseconds after which a browser comes back. */
const RETRY_MS = 2000;

/**
 * GET /events: Server-Sent Events (WHATWG HTML, 9.2) of one map's tiles. `event: tile` with a TileEvent as data; first
 * `event: hello` with map and version, so that a page that was away knows whether its tiles are still the map's.
 */
export function eventsRoute({ service, metrics, clock, closing }: AppDeps): Handler {
  return (c) => {
    const map = service.resolveMap(askedMap((name) => c.req.query(name)));
    const headers = {
      'Content-Type': 'text/event-stream',
      'Cache-Control': NO_STORE,
      'X-Accel-Buffering': 'no',
    };
    if (c.req.method === 'HEAD') return new Response(null, { headers });
    const encoder = new TextEncoder();
    const signal = c.get('signal');
    let stop = (): void => {};

    const body = new ReadableStream<Uint8Array>(
      {
        start(controller) {
          let open = true;
          const send = (text: string): void => {
            if (!open) return;
            controller.enqueue(encoder.encode(text));
            if ((controller.desiredSize ?? 0) < -MAX_BEHIND) end();
          };
          const unsubscribe = service.subscribe((event) => {
            if (sameMap(event.map, map)) send(message('tile', event));
          });
          const stopBeating = clock.every(HEARTBEAT_MS, () => send(':\n\n'));
          metrics.streams(1);
          stop = (): void => {
            if (!open) return;
            open = false;
            unsubscribe();
            stopBeating();
            signal.removeEventListener('abort', end);
            closing?.removeEventListener('abort', end);
            metrics.streams(-1);
          };
          const end = (): void => {
            if (!open) return;
            stop();
            controller.close();
          };
          signal.addEventListener('abort', end);
          closing?.addEventListener('abort', end);
          send(`retry: ${RETRY_MS}\n${message('hello', { map, version: service.version(map) })}`);
          if (signal.aborted || closing?.aborted === true) end();
        },
        cancel: () => stop(),
      },
      { highWaterMark: 1 },
    );
    return new Response(body, { headers });
  };
}

function message(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function sameMap(a: MapKey, b: MapKey): boolean {
  return a.season === b.season && a.year === b.year && a.model === b.model;
}
