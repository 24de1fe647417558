import type { ObjectStore } from '../../cache/object-store.js';
import { isGeoCropError } from '../../engine/errors.js';
import type { Area } from '../../engine/geo/polygon.js';
import { profileOf } from '../../engine/scenes/profiles.js';
import type { AssetName } from '../../engine/scenes/scene.js';
import type { SceneSource } from '../../engine/scenes/scene-source.js';

/** What must be known of a catalogue before the first tile: kept, so that a restart needs no catalogue. */
export interface CatalogueFacts {
  readonly assets: readonly AssetName[];
  /** Names of the rules that make DN reflectance, sorted: part of every recipe, the same wherever a copy of the catalogue lies. */
  readonly profiles: readonly string[];
  /** Footprints and dates of a static catalogue; null for an API. */
  readonly areas: readonly Area[] | null;
  readonly dates: readonly string[] | null;
}

/** From the catalogue, else what it said last. @throws what the catalogue throws where nothing is kept */
export async function catalogueFacts(
  scenes: SceneSource,
  store: ObjectStore,
  warn: (message: string, context: Record<string, unknown>) => void,
): Promise<CatalogueFacts> {
  const key = `scenes/${scenes.profile}/catalogue.json`;
  let facts: CatalogueFacts;
  try {
    facts = await askCatalogue(scenes);
  } catch (error) {
    if (!isGeoCropError(error)) throw error;
    const kept = parseFacts(await store.get('geocrop-results', key));
    if (kept === null) throw error;
    warn('the catalogue does not answer; what it said before is used', { error: error.message });
    return kept;
  }
  try {
    await store.put('geocrop-results', key, new TextEncoder().encode(JSON.stringify(facts)));
  } catch (error) {
    if (!isGeoCropError(error, 'store-full', 'store-unavailable')) throw error;
    warn('what the catalogue says could not be kept', { error: error.message });
  }
  return facts;
}

async function askCatalogue(scenes: SceneSource): Promise<CatalogueFacts> {
  const [assets, areas] = [await scenes.assets(), await scenes.areas()];
  if (areas === null) return { assets, profiles: [scenes.profile], areas, dates: null };
  const { items } = await scenes.search({
    bbox: [-180, -90, 180, 90],
    start: '0000-01-01',
    end: '9999-12-31',
  });
  const profiles = items.map((item) => profileOf(item.collection, scenes.apiUrl, item).name);
  return { assets, profiles: unique(profiles), areas, dates: unique(items.map(({ date }) => date)) };
}

/** null where nothing is kept, or nothing that can be used. */
function parseFacts(bytes: Uint8Array | undefined): CatalogueFacts | null {
  if (bytes === undefined) return null;
  try {
    const facts = JSON.parse(new TextDecoder().decode(bytes)) as Partial<CatalogueFacts> | null;
    const { assets, profiles, areas, dates } = facts ?? {};
    if (!Array.isArray(assets) || !Array.isArray(profiles)) return null;
    if (![areas, dates].every((list) => list === null || Array.isArray(list))) return null;
    return facts as CatalogueFacts;
  } catch {
    return null;
  }
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
