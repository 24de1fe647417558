import { Agent } from 'node:http';
import { viewOf, type Place } from './places.js';
import type { SoakPlan } from './plan.js';
import type { Traffic } from './traffic.js';

/** Forty tiles, of 2 × 2 metatiles. */
const VIEW = { across: 8, down: 5 } as const;
/** Metatiles that one visit has computed. */
export const DESKTOP_METATILES = 4;

/**
 * A desktop as QGIS is: asks for forty tiles at once, gives up by itself, and asks for what it did not get again without
 * waiting, a few times.
 * @returns tiles that came
 */
export async function desktopVisit(
  traffic: Traffic,
  place: Place,
  { waitSeconds, leaveSeconds, tries }: SoakPlan['desktop'],
  due: number,
  signal: AbortSignal,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: VIEW.across * VIEW.down });
  const tile = async (path: string): Promise<boolean> => {
    for (let again = 0, at = due; again < tries && !signal.aborted; again += 1, at = performance.now()) {
      const patience = new AbortController();
      const leave = (): void => patience.abort();
      const timer = setTimeout(leave, leaveSeconds * 1000);
      signal.addEventListener('abort', leave);
      const answer = await traffic.get('cold tile', { path, agent, due: at, signal: patience.signal });
      signal.removeEventListener('abort', leave);
      clearTimeout(timer);
      if (answer !== null && answer.status !== 503) return true;
    }
    return false;
  };
  const came = await Promise.all(
    viewOf(place, VIEW.across, VIEW.down).map(({ z, x, y }) =>
      tile(`/tiles/${z}/${x}/${y}.png?${place.map}&wait=${waitSeconds}`),
    ),
  );
  agent.destroy();
  return came.filter(Boolean).length;
}
