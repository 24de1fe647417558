import type { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { longitudeAt, latitudeAt, METATILE_ZOOM } from '../../engine/geo/tile-matrix.js';
import type { GeoCropServer } from '../geocrop-server.js';
import { dueTimes, seededRandom } from '../load/arrivals.js';
import { Browser, type WarmView } from './browser.js';
import { DESKTOP_METATILES, desktopVisit } from './desktop.js';
import { MAPS, type Places } from './places.js';
import type { SoakPlan } from './plan.js';
import type { Traffic } from './traffic.js';

export interface MixedLoadOptions {
  readonly url: string;
  readonly plan: SoakPlan;
  readonly traffic: Traffic;
  readonly places: Places;
  readonly warm: readonly WarmView[];
  /** Metatiles a second. */
  readonly capacity: number;
  readonly random: () => number;
  readonly agent: Agent;
  readonly server: GeoCropServer;
  /** Ends the load; aborted at its end. */
  readonly over: AbortController;
}

export interface LoadFigures {
  readonly seconds: number;
  /** Metatiles that somebody asked a tile of for the first time. */
  readonly metatilesAsked: number;
  /** Metatiles that were computed and archived meanwhile. */
  readonly metatilesComputed: number;
  readonly desktopVisits: number;
  readonly desktopTiles: number;
  readonly discoveries: number;
  readonly discoveredTiles: number;
  /** Event streams that ended before the load did. */
  readonly brokenStreams: number;
}

/** Of what is asked for beyond what is there, browsers' share; the rest is desktops'. */
const BROWSERS_SHARE = 0.5;
/** A second. */
const RATES = { point: 0.2, tilejson: 1, healthz: 4 } as const;
const POINT_WAIT_SECONDS = 25;

/** People, desktops and machines, each at times of their own, whatever becomes of what they asked before. */
export async function mixedLoad(options: MixedLoadOptions): Promise<LoadFigures> {
  const { url, plan, traffic, places, warm, capacity, random, agent, server, over } = options;
  const { signal } = over;
  const count = { asked: 0, visits: 0, desktopTiles: 0, discoveries: 0, discoveredTiles: 0 };
  const computedBefore = await metatilesComputed(server);
  const begun = performance.now();
  const under = new Set<Promise<unknown>>();
  const doing = (work: Promise<unknown>): void => {
    under.add(work);
    void work.finally(() => under.delete(work));
  };
  let seed = plan.seed;
  const regularly = (perSecond: number, act: (due: number) => Promise<unknown>): void => {
    seed += 1;
    doing(
      (async () => {
        for (const at of dueTimes('poisson', perSecond, seededRandom(seed))) {
          const due = begun + at;
          if (at >= plan.loadSeconds * 1000) return;
          await until(due, signal);
          if (signal.aborted) return;
          doing(act(due));
        }
      })(),
    );
  };
  const oneOf = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;

  const browsers = Array.from({ length: plan.browsers }, (_, i) => {
    const map = mapOf(i);
    const follows = i < plan.followers;
    const patienceMs = plan.browserPatienceSeconds * 1000;
    return new Browser({ url, traffic, random: seededRandom(1000 + i), map, follows, patienceMs, signal });
  });
  for (const browser of browsers) regularly(1 / plan.panSeconds, (due) => browser.pan(oneOf(warm), due));

  const wanted = plan.overload * capacity;
  regularly(wanted * BROWSERS_SHARE, async (due) => {
    count.asked += 1;
    count.discoveries += 1;
    const place = places.one();
    // Events are those of one map: somebody looks who has that map open.
    const visitors = browsers.filter((_, i) => mapOf(i) === place.map);
    const visitor = oneOf(visitors.length > 0 ? visitors : browsers);
    count.discoveredTiles += await visitor.discover(place, due);
  });
  regularly((wanted * (1 - BROWSERS_SHARE)) / DESKTOP_METATILES, async (due) => {
    count.asked += DESKTOP_METATILES;
    count.visits += 1;
    count.desktopTiles += await desktopVisit(traffic, places.square(), plan.desktop, due, signal);
  });

  regularly(RATES.healthz, (due) => traffic.get('healthz', { path: '/healthz', agent, due, signal }));
  regularly(RATES.tilejson, (due) => {
    const path = `/tilejson.json?${oneOf(MAPS)}`;
    return traffic.get('tilejson', { path, agent, due, signal });
  });
  regularly(RATES.point, (due) => {
    const { map, tiles } = oneOf(warm);
    const [lon, lat] = middleOf(oneOf(tiles), random);
    const path = `/point/${lon.toFixed(5)},${lat.toFixed(5)}?${map}&wait=${POINT_WAIT_SECONDS}`;
    return traffic.get('point', { path, agent, due, signal });
  });

  await sleep(plan.loadSeconds * 1000, undefined, { signal }).catch(() => undefined);
  const seconds = (performance.now() - begun) / 1000;
  const computed = (await metatilesComputed(server)) - computedBefore;
  over.abort();
  while (under.size > 0) await Promise.all(under);
  let streams = 0;
  for (const browser of browsers) {
    streams += await browser.streams;
    browser.close();
  }
  return {
    seconds,
    metatilesAsked: count.asked,
    metatilesComputed: computed,
    desktopVisits: count.visits,
    desktopTiles: count.desktopTiles,
    discoveries: count.discoveries,
    discoveredTiles: count.discoveredTiles,
    brokenStreams: streams - plan.followers,
  };
}

/** Timers count whole milliseconds, and may be a little early. */
async function until(time: number, signal: AbortSignal): Promise<void> {
  for (let left = time - performance.now(); left > 0 && !signal.aborted; left = time - performance.now()) {
    await sleep(Math.ceil(left), undefined, { signal }).catch(() => undefined);
  }
}

const mapOf = (browser: number): string => MAPS[browser % MAPS.length] ?? '';

async function metatilesComputed(server: GeoCropServer): Promise<number> {
  return (await server.gauges()).get('geocrop_stage_seconds_count{stage="write"}') ?? 0;
}

/** Somewhere in the middle of a native tile's metatile, where its scenes are. */
function middleOf(
  { x, y }: { readonly x: number; readonly y: number },
  random: () => number,
): [number, number] {
  const size = 256 * 2 ** METATILE_ZOOM;
  const at = (tile: number): number => (Math.floor(tile / 4) + 0.45 + 0.1 * random()) * 256;
  return [longitudeAt(at(x), size), latitudeAt(at(y), size)];
}
