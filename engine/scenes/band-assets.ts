import type { AssetName } from './scene.js';
import { BANDS } from './scene.js';
import type { StacAsset } from './stac-asset.js';

export const ASSET_NAMES: readonly AssetName[] = [...BANDS, 'scl'];

/**
 * What each band is called: asset keys, band names and common names of DE Africa (with Open Data Cube's aliases), Earth
 * Search, Planetary Computer and CDSE (`B02_10m`). Case does not matter.
 */
const NAMES: Readonly<Record<AssetName, readonly string[]>> = {
  blue: ['blue', 'b02', 'band_02', 'b02_10m', 'b02_20m', 'b02_60m'],
  green: ['green', 'b03', 'band_03', 'b03_10m', 'b03_20m', 'b03_60m'],
  red: ['red', 'b04', 'band_04', 'b04_10m', 'b04_20m', 'b04_60m'],
  rededge1: ['rededge1', 'b05', 'band_05', 'red_edge_1', 'rededge071', 'b05_20m', 'b05_60m'],
  nir: ['nir', 'b08', 'band_08', 'nir_1', 'b08_10m'],
  swir16: ['swir16', 'b11', 'band_11', 'swir_1', 'swir_16', 'b11_20m', 'b11_60m'],
  swir22: ['swir22', 'b12', 'band_12', 'swir_2', 'swir_22', 'b12_20m', 'b12_60m'],
  scl: ['scl', 'scl_20m', 'scl_60m'],
};

/** `rededge` is the common name of three bands, told apart by key or name. */
const COMMON_NAMES: Readonly<Partial<Record<AssetName, readonly string[]>>> = {
  rededge1: ['rededge', 'rededge071'],
};

/** Pictures made of bands state the bands' names too. */
const NOT_DATA = ['visual', 'overview', 'thumbnail'];

/** The asset of each band that can be read; and the bands that are there, but in a format that we do not read. */
export function bandAssets(assets: readonly StacAsset[]): {
  readonly found: Readonly<Partial<Record<AssetName, StacAsset>>>;
  readonly unreadable: readonly AssetName[];
} {
  const found: Partial<Record<AssetName, StacAsset>> = {};
  const unreadable: AssetName[] = [];
  for (const name of ASSET_NAMES) {
    const candidates = candidatesOf(name, assets);
    const readable = candidates.filter(isTiff);
    const best = readable[0];
    if (best !== undefined) found[name] = best;
    else if (candidates.length > 0) unreadable.push(name);
  }
  return { found, unreadable };
}

/** By key first, in the order of {@link NAMES}, then by band or common name, finest pixels first. */
function candidatesOf(name: AssetName, assets: readonly StacAsset[]): StacAsset[] {
  const usable = assets.filter(
    (asset) => !asset.roles.some((role) => NOT_DATA.includes(role)) && !contradicts(name, asset),
  );
  const byKey = NAMES[name].flatMap((key) => usable.filter((asset) => asset.key.toLowerCase() === key));
  const byBand = usable
    .filter((asset) =>
      [asset.bandName, asset.commonName].some((band) => NAMES[name].includes(band?.toLowerCase() ?? '')),
    )
    .sort((a, b) => (a.gsd ?? Infinity) - (b.gsd ?? Infinity) || 0);
  return [...new Set([...byKey, ...byBand])];
}

/** Sensors share keys: B05 is red edge of Sentinel-2, but near infrared of Landsat. A stated common name decides. */
function contradicts(name: AssetName, asset: StacAsset): boolean {
  const common = asset.commonName?.toLowerCase();
  if (common === undefined) return false;
  return !NAMES[name].includes(common) && COMMON_NAMES[name]?.includes(common) !== true;
}

/** By the media type ("image/tiff; …", "image/vnd.stac.geotiff; …"), else by what the name does not say. */
function isTiff(asset: StacAsset): boolean {
  if (asset.mediaType !== '') return /^image\/.*tiff/i.test(asset.mediaType);
  return !/\.(jp2|png|jpe?g|xml|json|nc|zarr|zip)$/i.test(new URL(asset.href).pathname);
}
