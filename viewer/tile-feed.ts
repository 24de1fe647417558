import { mapQuery } from './api.js';
import type { MapKey, TileEvent } from './api.js';

const RECONNECT_MS = 5000;

/**
 * Follows /events for one map. `onVersion`: at each connection, the map's version then.
 * EventSource reconnects by itself after a cut, but not after an error status: this does.
 */
export function followTiles(
  map: MapKey,
  onEvent: (event: TileEvent) => void,
  onLive: (live: boolean) => void,
  onVersion: (version: string) => void,
): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const open = (): void => {
    timer = null;
    source = new EventSource(`events?${mapQuery(map).toString()}`);
    source.addEventListener('open', () => onLive(true));
    source.addEventListener('hello', (message: MessageEvent<string>) => {
      const hello = JSON.parse(message.data) as { version?: unknown };
      if (typeof hello.version === 'string') onVersion(hello.version);
    });
    source.addEventListener('tile', (message: MessageEvent<string>) => {
      const event = parseTileEvent(message.data);
      if (event !== null && sameMap(event.map, map)) onEvent(event);
    });
    source.addEventListener('error', () => {
      onLive(false);
      if (source?.readyState === EventSource.CLOSED && timer === null) timer = setTimeout(open, RECONNECT_MS);
    });
  };
  open();
  return () => {
    source?.close();
    if (timer !== null) clearTimeout(timer);
  };
}

const sameMap = (a: MapKey, b: MapKey): boolean =>
  a.season === b.season && a.year === b.year && a.model === b.model;

/** null for what is not an event of ours: a newer server's events do no harm. */
export function parseTileEvent(data: string): TileEvent | null {
  try {
    const event = JSON.parse(data) as Partial<TileEvent> | null;
    const tile = event?.tile;
    const whole = [tile?.z, tile?.x, tile?.y].every((value) => Number.isInteger(value));
    return whole && event?.map !== undefined && typeof event.state === 'string' ? (event as TileEvent) : null;
  } catch {
    return null;
  }
}
