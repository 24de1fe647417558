import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { httpGet } from '../load/http-get.js';
import type { Place, Places } from './places.js';

/** Enough that none waits for a question: one is computed, the next stands in line. */
const AT_ONCE = 3;
/** One that is not there after this will not come. */
const PATIENCE_MS = 300_000;
/** However long they take: a rate of fewer is none. */
const AT_LEAST = 3;

export interface Calibration {
  /** Metatiles a second. */
  readonly capacity: number;
  readonly computed: readonly Place[];
}

/** How many metatiles the server computes where it has nothing else to do. @throws where one is not computed */
export async function calibrate(url: string, places: Places, seconds: number): Promise<Calibration> {
  const agent = new Agent({ keepAlive: true });
  const computed: Place[] = [];
  const begun = performance.now();
  let ended = begun;
  const lane = async (): Promise<void> => {
    while (performance.now() - begun < seconds * 1000 || computed.length < AT_LEAST) {
      const place = places.one();
      const { z, x, y } = place.metatile;
      const path = `/tiles/${z}/${x}/${y}.png?${place.map}&wait=55`;
      const asked = performance.now();
      let answer = await httpGet(url + path, { agent });
      while (answer.status === 503 && performance.now() - asked < PATIENCE_MS) {
        await sleep(1000 * Number(answer.headers['retry-after'] ?? 1));
        answer = await httpGet(url + path, { agent });
      }
      const [state, tier] = [answer.headers['x-geocrop-tile'], answer.headers['x-geocrop-cache']];
      if (answer.status !== 200 || state !== 'final' || tier !== 'computed') {
        throw new Error(`${path}: ${answer.status}, ${String(state)} from ${String(tier)}`);
      }
      computed.push(place);
      ended = performance.now();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  agent.destroy();
  return { capacity: computed.length / ((ended - begun) / 1000), computed };
}
