import { get, type Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TileEvent } from '../../tiler/tiles/tile-service.js';

/** As a browser's EventSource: the pause before it comes back. */
const RETRY_MS = 2000;

/**
 * Follows /events until the signal fires, coming back whenever a stream ends.
 * @returns how many streams there were
 */
export async function followEvents(
  url: string,
  agent: Agent,
  onTile: (event: TileEvent) => void,
  signal: AbortSignal,
): Promise<number> {
  let streams = 0;
  while (!signal.aborted) {
    streams += 1;
    await oneStream(url, agent, onTile, signal).catch(() => undefined);
    if (!signal.aborted) await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
  return streams;
}

function oneStream(
  url: string,
  agent: Agent,
  onTile: (event: TileEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent, signal, headers: { Accept: 'text/event-stream' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        const messages = (text + piece).split('\n\n');
        text = messages.pop() ?? '';
        for (const message of messages) {
          const data = /^event: tile\ndata: (.*)$/.exec(message)?.[1];
          if (data !== undefined) onTile(JSON.parse(data) as TileEvent);
        }
      });
      response.on('error', reject);
      response.on('end', resolve);
    }).on('error', reject);
  });
}
