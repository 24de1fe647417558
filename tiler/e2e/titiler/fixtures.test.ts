import { join } from 'node:path';
import { it } from 'node:test';
import { dataFolder, describeWith, withoutData } from '../real-input.js';
import { answerAlike, bothServers } from './suite.js';
import { withoutTiTiler } from './titiler-process.js';

/** Those of rio-tiler and cogeotiff that were asked about so far, and whether their blocks are lossy. */
const FILES: readonly (readonly [name: string, lossy?: boolean])[] = [
  ['cogeotiff/DEM_BS28_2016_1000_1141.tif'],
  ['cogeotiff/be_cog.tiff', true],
  ['cogeotiff/big.endian.tiff'],
  ['cogeotiff/big_cog.tiff'],
  ['cogeotiff/cog.tiff'],
  ['cogeotiff/rgba8_cog.tiff', true],
  ['cogeotiff/rgba8_strip.tiff', true],
  ['cogeotiff/rgba8_tiled.tiff', true],
  ['rio-tiler/blue.tif'],
  ['rio-tiler/blue_nostats.tif'],
  ['rio-tiler/clp.tif'],
  ['rio-tiler/cog_cmap.tif'],
  ['rio-tiler/cog_dateline.tif'],
  ['rio-tiler/cog_fullearth.tif'],
  ['rio-tiler/cog_gcps.tif'],
  ['rio-tiler/cog_gradient.tif'],
];

describeWith(withoutTiTiler || withoutData, 'TiTiler and we, of the fixtures of others', () => {
  const root = dataFolder('cogs');
  const servers = bothServers(() => `file://${root}/`);
  for (const [name, lossy] of FILES) {
    it(`answer alike: ${name}`, () => answerAlike(servers(), { name, path: join(root, name) }, lossy));
  }
});
