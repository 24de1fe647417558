import { Agent } from 'node:http';
import { httpGet } from '../load/http-get.js';
import { BROWSER_VIEW, type WarmView } from './browser.js';
import { viewOf, type Place } from './places.js';

const LAYERS = ['classes', 'classes', 'truecolor', 'confidence'] as const;

interface TileJson {
  readonly geocrop: { readonly version: string };
}

/** Views of what was computed, each asked for once: from then on the server has them. @throws where one is not there */
export async function warmViews(url: string, places: readonly Place[]): Promise<WarmView[]> {
  const agent = new Agent({ keepAlive: true });
  const views: WarmView[] = [];
  const versions = new Map<string, string>();
  for (const [i, place] of places.entries()) {
    const { map } = place;
    const layer = LAYERS[i % LAYERS.length] ?? 'classes';
    let version = versions.get(map);
    if (version === undefined) {
      const { body } = await httpGet(`${url}/tilejson.json?${map}`, { agent, keepBody: true });
      version = (JSON.parse(String(body)) as TileJson).geocrop.version;
      versions.set(map, version);
    }
    const tiles = viewOf(place, BROWSER_VIEW.across, BROWSER_VIEW.down);
    for (const { z, x, y } of tiles) {
      const path = `/tiles/${z}/${x}/${y}.png?${map}&layer=${layer}&v=${version}&wait=20`;
      const { status } = await httpGet(url + path, { agent });
      if (status !== 200) throw new Error(`${path}: ${status}`);
    }
    views.push({ map, layer, version, tiles });
  }
  agent.destroy();
  return views;
}
