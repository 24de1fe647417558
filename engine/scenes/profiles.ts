import type { AssetName } from './scene.js';
import { BANDS } from './scene.js';
import { ASSET_NAMES } from './band-assets.js';
import type { StacAsset } from './stac-asset.js';
import type { StacItem } from './stac-item.js';

/** How DN becomes reflectance, and why: part of a scene's `OffsetDecision`. */
export interface StatedOffset {
  readonly scale: number;
  readonly offset: number;
  readonly reason: string;
}

/**
 * What is known of a collection that its items do not say, or say wrongly. `earthsearch:boa_offset_applied`,
 * `sentinel:boa_offset_applied`, `raster:bands` and `s2:processing_baseline` contradict each other in real catalogues, so
 * that each collection has a rule of its own (docs/architecture.md, "Collection profiles").
 */
export interface CollectionProfile {
  /** Key-safe. */
  readonly name: string;
  /** What every item has, where that is known without looking. */
  readonly assets: readonly AssetName[] | null;
  /** True where the items' `raster:bands` may decide: then all bands must state the same. */
  readonly usesStated: boolean;
  /** @param red the asset whose `raster:bands` speak for all bands */
  decide(item: StacItem, red: StacAsset): StatedOffset;
}

/** Sentinel-2 L2A: reflectance is DN / 10000; since baseline 04.00 ESA adds 1000 to the DN first. */
const SCALE = 0.0001;
const ESA_OFFSET = -0.1;
const ESA_OFFSET_BASELINE = 4;

const deafricaC1: CollectionProfile = {
  name: 'deafrica-s2_l2a_c1',
  assets: ASSET_NAMES,
  usesStated: false,
  decide: () => ({ scale: SCALE, offset: ESA_OFFSET, reason: 'DE Africa s2_l2a_c1 keeps the DN of ESA' }),
};

const deafrica: CollectionProfile = {
  name: 'deafrica-s2_l2a',
  assets: ASSET_NAMES,
  usesStated: false,
  decide: () => ({ scale: SCALE, offset: 0, reason: 'DE Africa s2_l2a has the offset taken off already' }),
};

const earthSearch: CollectionProfile = {
  name: 'earthsearch-sentinel-2-l2a',
  assets: ASSET_NAMES,
  usesStated: true,
  decide: (item, red) =>
    item.properties['earthsearch:boa_offset_applied'] === true
      ? { scale: SCALE, offset: 0, reason: 'earthsearch:boa_offset_applied is true' }
      : stated(red, 0, 'earthsearch:boa_offset_applied is not true'),
};

const earthSearchC1: CollectionProfile = {
  name: 'earthsearch-sentinel-2-c1-l2a',
  assets: ASSET_NAMES,
  usesStated: true,
  decide: (_item, red) => stated(red, ESA_OFFSET, 'Earth Search sentinel-2-c1-l2a'),
};

const planetaryComputer: CollectionProfile = {
  name: 'planetarycomputer-sentinel-2-l2a',
  assets: ASSET_NAMES,
  usesStated: false,
  decide: ({ baseline }) => {
    const offset = baseline >= ESA_OFFSET_BASELINE ? ESA_OFFSET : 0;
    return { scale: SCALE, offset, reason: `Planetary Computer, processing baseline ${baseline.toFixed(2)}` };
  },
};

const other: CollectionProfile = {
  name: 'stac',
  assets: null,
  usesStated: true,
  decide: (_item, red) => stated(red, 0, 'no rule for the collection'),
};

/**
 * The rule for a collection. Several catalogues call theirs `sentinel-2-l2a`: the API's URL tells them apart or, in a
 * static copy, what the item itself holds.
 */
export function profileOf(collection: string, apiUrl?: string, item?: StacItem): CollectionProfile {
  switch (collection) {
    case 's2_l2a_c1':
      return deafricaC1;
    case 's2_l2a':
      return deafrica;
    case 'sentinel-2-c1-l2a':
      return earthSearchC1;
    case 'sentinel-2-l2a': {
      const host = hostOf(apiUrl) ?? '';
      if (host.includes('earth-search') || (item && 'earthsearch:boa_offset_applied' in item.properties)) {
        return earthSearch;
      }
      if (host.includes('planetarycomputer') || item?.assets.some(isOfPlanetaryComputer)) {
        return planetaryComputer;
      }
      return other;
    }
    default:
      return other;
  }
}

/** Scale and offset that the bands of a set state, where they are not all the same: such a scene is not used. */
export function contradictingBands(
  assets: Readonly<Partial<Record<AssetName, StacAsset>>>,
): readonly AssetName[] {
  const red = assets.red;
  if (red === undefined) return [];
  return BANDS.filter((band) => {
    const asset = assets[band];
    return asset !== undefined && (asset.scale !== red.scale || asset.offset !== red.offset);
  });
}

function stated(red: StacAsset, otherwise: number, why: string): StatedOffset {
  const offset = red.offset ?? otherwise;
  const source = red.offset === null ? 'states no offset' : `states offset ${red.offset}`;
  return { scale: red.scale ?? SCALE, offset, reason: `${why}; asset ${red.key} ${source}` };
}

function isOfPlanetaryComputer(asset: StacAsset): boolean {
  return /(^|\.)(planetarycomputer\.microsoft\.com|sentinel2l2a01\.blob\.core\.windows\.net)$/.test(
    hostOf(asset.href) ?? '',
  );
}

function hostOf(url: string | undefined): string | undefined {
  try {
    return url === undefined ? undefined : new URL(url).host;
  } catch {
    return undefined;
  }
}
