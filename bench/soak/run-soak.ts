import { setMaxListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COLLECTION } from '../../tiler/e2e/world.js';
import { ask, startChild } from '../child.js';
import { startGeoCrop } from '../geocrop-server.js';
import { seededRandom } from '../load/arrivals.js';
import { afterwards, type Aftermath } from './aftermath.js';
import { calibrate } from './calibrate.js';
import { mixedLoad, type LoadFigures } from './mixed-load.js';
import { Places, SEASONS_SETTING } from './places.js';
import type { SoakPlan } from './plan.js';
import { Recorder, type Moment } from './recorder.js';
import { Traffic } from './traffic.js';
import { warmViews } from './warm-views.js';
import type { WorldOrder, WorldReport } from './world-child.js';

/** What a soak saw. */
export interface SoakReport {
  readonly plan: SoakPlan;
  /** Metatiles a second that the server computes when it has nothing else to do. */
  readonly capacity: number;
  readonly load: LoadFigures;
  readonly traffic: Traffic;
  /** One a second of the load. */
  readonly moments: readonly Moment[];
  readonly after: Aftermath;
  /** Of the server when it was told to stop. */
  readonly exitCode: number | null;
  /** Lines of the server's log that are no information, counted by what they say. */
  readonly log: ReadonlyMap<string, number>;
}

/** What is bounded has small bounds, reached within minutes: a slow machine would take hours to fill the usual ones. */
const BOUNDS = {
  GEOCROP_BLOCK_CACHE_BYTES: '100MB',
  GEOCROP_MEMORY_CACHE_BYTES: '8MiB',
  GEOCROP_SCENE_MEMORY_BYTES: '12MiB',
  GEOCROP_QUEUE_BYTES: '64MiB',
} as const;

/** As docs/operator.md advises, "Memory": glibc gives freed buffers back in place of keeping them in pieces. */
const ALLOCATOR = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_ARENA_MAX: '2' } as const;

/** @param say told how it goes, a line at a time @param signal ends it early: what is left of the load is not done */
export async function runSoak(
  plan: SoakPlan,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<SoakReport> {
  const folder = await mkdtemp(join(tmpdir(), 'geocrop-soak-'));
  const world = startChild(new URL('./world-child.js', import.meta.url));
  try {
    const order: WorldOrder = { sideMetres: plan.sideMetres };
    const { stac } = await ask<WorldReport>(world, order);
    const server = await startGeoCrop(join(folder, 'server.log'), {
      GEOCROP_STAC: stac,
      GEOCROP_COLLECTION: COLLECTION,
      GEOCROP_STORE: join(folder, 'store'),
      GEOCROP_SEASONS: SEASONS_SETTING,
      GEOCROP_COMPUTE_MIN_ZOOM: '12',
      ...BOUNDS,
      ...ALLOCATOR,
    });
    const agent = new Agent({ keepAlive: true });
    const over = new AbortController();
    setMaxListeners(0, over.signal);
    signal?.addEventListener('abort', () => over.abort());
    try {
      const { url } = server;
      const traffic = new Traffic(url);
      const random = seededRandom(plan.seed);
      const places = new Places(random);
      say(`calibrating for ${plan.calibrateSeconds.toFixed(0)} s …`);
      const { capacity, computed } = await calibrate(url, places, plan.calibrateSeconds);
      const warm = await warmViews(url, computed);
      say(
        `it computes ${capacity.toFixed(2)} metatiles a second; asked for ${(plan.overload * capacity).toFixed(2)} for ${plan.loadSeconds.toFixed(0)} s, beside ${warm.length} views that it has`,
      );
      const recorder = new Recorder({ url, server, traffic, agent, say });
      const load = await mixedLoad({
        url,
        plan,
        traffic,
        places,
        warm,
        capacity,
        random,
        agent,
        server,
        over,
      });
      recorder.stop();
      say('the load has ended; what is left over is being computed …');
      const after = await afterwards({ url, agent, plan, capacity, warm, place: places.one(), server });
      const exitCode = await server.stop();
      return {
        plan,
        capacity,
        load,
        traffic,
        moments: recorder.moments,
        after,
        exitCode,
        log: complaintsOf(await server.log()),
      };
    } finally {
      over.abort();
      agent.destroy();
      await server.stop();
    }
  } finally {
    world.disconnect();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a log says beside information, and how often: level, event or message, and a problem's code. */
export function complaintsOf(lines: readonly string[]): ReadonlyMap<string, number> {
  const out = new Map<string, number>();
  for (const line of lines) {
    let what = line;
    if (line.startsWith('{')) {
      const { level, event, message, code } = JSON.parse(line) as Partial<Record<string, string>>;
      if (level === 'info' || level === 'debug') continue;
      what = [level, event ?? message, code].filter((part) => part !== undefined).join(' ');
    } else if (line.startsWith('GeoCrop is at ')) continue;
    out.set(what, (out.get(what) ?? 0) + 1);
  }
  return out;
}
