import { randomUUID } from 'node:crypto';
import type { SharedBoard } from '../queue/shared-board.js';
import type { TileEvents } from './tile-events.js';
import type { TileEvent } from './tile-service.js';

const TOPIC = 'tiles';

/** What happens to tiles in one process is told in all of them. Returns what emits: here, and to the others. */
export function shareEvents(
  board: Pick<SharedBoard, 'announce' | 'onAnnounce'>,
  events: TileEvents,
): (event: TileEvent) => void {
  const self = randomUUID();
  board.onAnnounce(TOPIC, (text) => {
    const { from, event } = JSON.parse(text) as { from: string; event: TileEvent };
    if (from !== self) events.emit(event);
  });
  return (event) => {
    events.emit(event);
    board.announce(TOPIC, JSON.stringify({ from: self, event }));
  };
}
