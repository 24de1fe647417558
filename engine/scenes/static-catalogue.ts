import { digest } from '../digest.js';
import { ASSET_NAMES, bandAssets } from './band-assets.js';
import type { CatalogueDocument } from './catalogue-walk.js';
import type { AssetName, LeftOutScene } from './scene.js';
import type { SceneSource } from './scene-source.js';
import { SharedLoad } from './shared-load.js';
import { sourceName } from './stac-api.js';
import type { StacItem } from './stac-item.js';
import { isItem, readItem } from './stac-item.js';

interface Catalogue {
  readonly items: readonly StacItem[];
  readonly leftOut: readonly LeftOutScene[];
  readonly assets: readonly AssetName[];
  readonly revision: string;
}

/**
 * Items that lie in files: an item, an item collection, a catalogue whose links are followed, or a folder of them. All are
 * read once, at the first call. A band belongs to the collection if any of its items has it.
 */
export function staticCatalogue(options: {
  readonly location: string;
  /** Only items of this collection; all without it. */
  readonly collection?: string;
  /** Every document below the location, in a fixed order. */
  readonly documents: (signal: AbortSignal) => Promise<readonly CatalogueDocument[]>;
  /** On disk, where looking again costs nothing. */
  readonly local: boolean;
}): SceneSource {
  const { location, collection, local } = options;
  const catalogue = new SharedLoad(async (signal) =>
    readCatalogue(await options.documents(signal), collection),
  );
  return {
    profile: sourceName('static', location, collection),
    location,
    search: async ({ bbox: _bbox, start, end }, signal) => {
      const { items, leftOut } = await catalogue.get(signal);
      return { items: items.filter(({ date }) => date >= start && date <= end), leftOut };
    },
    areas: async (signal) => (await catalogue.get(signal)).items.map((item) => item.geometry),
    assets: async (signal) => (await catalogue.get(signal)).assets,
    revision: async (signal) => (local ? (await catalogue.get(signal)).revision : null),
  };
}

function readCatalogue(documents: readonly CatalogueDocument[], collection: string | undefined): Catalogue {
  const items = new Map<string, StacItem>();
  const leftOut: LeftOutScene[] = [];
  for (const { location, content } of documents) {
    if ('problem' in content) {
      leftOut.push({ id: nameOf(location), code: 'malformed', reason: `${location} ${content.problem}.` });
      continue;
    }
    for (const feature of content.items) {
      const item = readItem(feature, location);
      if (!isItem(item)) leftOut.push(item);
      else if (collection !== undefined && item.collection !== collection) continue;
      else if (items.has(item.id)) leftOut.push(duplicate(item, items.get(item.id)?.location ?? ''));
      else items.set(item.id, item);
    }
  }
  const all = [...items.values()];
  const has = new Set(all.flatMap((item) => Object.keys(bandAssets(item.assets).found)));
  return {
    items: all,
    leftOut,
    assets: ASSET_NAMES.filter((name) => has.has(name)),
    revision: digest([all, leftOut]),
  };
}

function duplicate(item: StacItem, first: string): LeftOutScene {
  return {
    id: item.id,
    code: 'duplicate',
    reason: `${item.id} is also in ${item.location}; that in ${first} is used.`,
  };
}

function nameOf(location: string): string {
  return location.slice(location.lastIndexOf('/') + 1);
}
