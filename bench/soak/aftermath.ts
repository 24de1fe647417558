import type { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { httpGet, type Answer } from '../load/http-get.js';
import type { GeoCropServer } from '../geocrop-server.js';
import type { WarmView } from './browser.js';
import type { Place } from './places.js';
import type { SoakPlan } from './plan.js';

/** The server when the load is over. */
export interface Aftermath {
  /** Until nothing waited and nothing was computed; null where that took longer than the plan allows. */
  readonly drainSeconds: number | null;
  /** Status and tier of answers, by what was asked. */
  readonly answers: Readonly<Record<string, string>>;
  readonly rss: number;
}

const LOOK_MS = 500;

export async function afterwards(options: {
  readonly url: string;
  readonly agent: Agent;
  readonly plan: SoakPlan;
  /** Metatiles a second. */
  readonly capacity: number;
  readonly warm: readonly WarmView[];
  /** Nobody has asked for it yet. */
  readonly place: Place;
  readonly server: GeoCropServer;
}): Promise<Aftermath> {
  const { url, agent, plan, capacity, warm, place, server } = options;
  const get = (path: string): Promise<Answer> => httpGet(url + path, { agent, keepBody: true });
  const begun = performance.now();
  const spent = (): number => (performance.now() - begun) / 1000;
  let drainSeconds: number | null = null;
  let limit = plan.drainSeconds;
  while (drainSeconds === null && spent() < limit) {
    const gauges = await server.gauges();
    limit = Math.max(
      limit,
      plan.drainSeconds + (2 * (gauges.get('geocrop_queue_metatiles') ?? 0)) / capacity,
    );
    const busy =
      (gauges.get('geocrop_queue_metatiles') ?? NaN) + (gauges.get('geocrop_running_metatiles') ?? NaN);
    if (busy === 0) drainSeconds = spent();
    else await sleep(LOOK_MS);
  }
  const { z, x, y } = warm[0]?.tiles[0] ?? place.metatile;
  const asked = {
    'a tile that it has': `/tiles/${z}/${x}/${y}.png?${warm[0]?.map ?? place.map}&wait=0`,
    'a tile that it has not': `/tiles/${place.metatile.z}/${place.metatile.x}/${place.metatile.y}.png?${place.map}&wait=55`,
    readiness: '/readyz',
  };
  const answers: Record<string, string> = {};
  for (const [what, path] of Object.entries(asked)) {
    const { status, headers } = await get(path);
    const state = headers['x-geocrop-tile'];
    answers[what] = state === undefined ? String(status) : `${status} ${String(state)}`;
  }
  return { drainSeconds, answers, rss: await server.rss() };
}
