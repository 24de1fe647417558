import { isSupportedCrs } from '../geo/project.js';
import { ASSET_NAMES, bandAssets } from './band-assets.js';
import { contradictingBands, profileOf } from './profiles.js';
import type { AssetName, LeftOutScene, Scene, SceneAsset } from './scene.js';
import type { StacAsset } from './stac-asset.js';
import type { StacItem } from './stac-item.js';

/** An item as a scene with its offset decided, or why it cannot be one. Bands beyond `required` are kept too. */
export function sceneOf(
  item: StacItem,
  required: readonly AssetName[],
  apiUrl?: string,
): Scene | LeftOutScene {
  const { found, unreadable } = bandAssets(item.assets);
  const missing = required.filter((name) => found[name] === undefined);
  if (missing.length > 0) {
    const format = missing.filter((name) => unreadable.includes(name));
    return format.length > 0
      ? leftOut(item, 'unsupported', `${format.join(', ')} ${format.length > 1 ? 'are' : 'is'} no GeoTIFF`)
      : leftOut(item, 'lacks-asset', `has no asset for ${missing.join(', ')}`);
  }
  if (item.epsg !== null && !isSupportedCrs(item.epsg)) {
    return leftOut(item, 'unsupported', `is in EPSG:${item.epsg}, which we do not project to`);
  }
  const profile = profileOf(item.collection, apiUrl, item);
  const speaker = found.red ?? ASSET_NAMES.map((name) => found[name]).find((asset) => asset !== undefined);
  if (speaker === undefined) return leftOut(item, 'lacks-asset', 'has no asset that we know');
  const contradicting = profile.usesStated ? contradictingBands(found) : [];
  if (contradicting.length > 0) {
    return leftOut(item, 'unsupported', `states another scale or offset for ${contradicting.join(', ')}`);
  }
  return {
    id: item.id,
    collection: item.collection,
    datetime: item.datetime,
    date: item.date,
    cloudCover: item.cloudCover,
    baseline: item.baseline,
    epsg: item.epsg,
    geometry: item.geometry,
    assets: Object.fromEntries(Object.entries(found).map(([name, asset]) => [name, sceneAsset(asset)])),
    reflectance: { ...profile.decide(item, speaker), checkedRedMedian: null },
  };
}

function sceneAsset({ href, nodata }: StacAsset): SceneAsset {
  return nodata === null ? { href } : { href, nodata };
}

function leftOut(item: StacItem, code: LeftOutScene['code'], problem: string): LeftOutScene {
  return { id: item.id, code, reason: `${item.id} ${problem}.` };
}
