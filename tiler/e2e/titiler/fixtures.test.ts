import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { dataFolder, describeWith, withoutData } from '../real-input.js';
import { answerAlike, bothServers } from './suite.js';
import { withoutTiTiler } from './titiler-process.js';

const ROOT = dataFolder('cogs');

/** Their blocks are JPEG or lossy WebP. */
const LOSSY: ReadonlySet<string> = new Set([
  'cogeotiff/be_cog.tiff',
  'cogeotiff/cog.tiff',
  'cogeotiff/rgba8_strip.tiff',
  'cogeotiff/rgba8_tiled.tiff',
  'cogeotiff/sparse.tiff',
  'linz/rgba8.google.tiff',
  'linz/rgba8.nztm2000.tiff',
  'linz/rgba8_tiled.tiff',
  'rio-tiler/cog_hirise_mars.tif',
  'rio-tiler/cog_rgb.tif',
]);

/** By ground control points, or on Mars and the Moon. */
const UNPLACED: ReadonlySet<string> = new Set([
  'odc-geo/au-gcp.tif',
  'rio-tiler/cog_gcps.tif',
  'rio-tiler/cog_gcps_ovr.tif',
  'rio-tiler/cog_hirise_mars.tif',
  'rio-tiler/cog_nonearth.tif',
]);

const COLORADO = 'rio-tiler/my-bucket/hro_sources/colorado/201404_13SED190110_201404_0x1500m_CL_1';

/** Like another in all but their pixels, or in all; or with 64 bands. */
const KIN: ReadonlySet<string> = new Set([
  'cogeotiff/model_transformation.tif',
  `${COLORADO}_extmask.tif`,
  `${COLORADO}_nodata.tif`,
  ...['cog_int16', 'cog_uint8_rgba'].map((name) => `rio-tiler/${name}.tif`),
  'cogeotiff/rgba8_cog_big.tiff',
  'linz/rgba8_tiled.tiff',
  ...['blue_nostats', 'green', 'green_nostats', 'red', 'red_nostats'].map((name) => `rio-tiler/${name}.tif`),
  ...['mosaic_value_1', 'mosaic_value_2', 'mosaic_value_3'].map((name) => `rio-tiler/${name}.tif`),
  ...['cog_scale_stats', 'cog_ovr', 'scene_band2', 'rgb'].map((name) => `rio-tiler/${name}.tif`),
]);

/** Every file there; masks and overviews beside others are no pictures of their own. */
const names = existsSync(ROOT)
  ? readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tiff?$/.test(name))
      .sort()
  : [];

describeWith(withoutTiTiler || withoutData, 'TiTiler and we, of the fixtures of others', () => {
  const servers = bothServers(() => `file://${ROOT}/`);
  for (const name of names) {
    const how = { lossy: LOSSY.has(name), kin: KIN.has(name), unplaced: UNPLACED.has(name) };
    it(`answer alike: ${name}`, () => answerAlike(servers(), { name, path: join(ROOT, name), ...how }));
  }
});
