import { GeoCropError } from '../errors.js';
import type { Scene, SceneAsset } from '../scenes/scene.js';
import type { CogHeader, CogLevel } from '../windows/cog-header.js';
import { blockSpec, type BlockSpec } from '../windows/decode.js';
import type { SourceGrid } from '../workers/tasks.js';

/** One file of a scene whose header has been read and found fit for sampling. */
export interface SourceAsset {
  readonly header: CogHeader;
  readonly level: CogLevel;
  readonly epsg: number;
  readonly grid: SourceGrid;
  readonly spec: BlockSpec;
  /** The DN that means nodata, or −1 where no DN does. */
  readonly nodata: number;
}

/** Nodata where neither the file nor the item says. docs/features.md, "Observations". */
const DEFAULT_NODATA = 0;
const MAX_DN = 0xffff;
/** Kernels keep a pixel's block in 16 bits, and the highest number for none. */
const MAX_BLOCKS = 0xffff;

/** @throws unsupported-crs, cog-unsupported */
export function sourceAsset(scene: Scene, asset: SceneAsset, header: CogHeader): SourceAsset {
  const context = { scene: scene.id, url: asset.href };
  const level = header.levels[0];
  const epsg = header.epsg ?? scene.epsg;
  if (epsg === null) {
    throw new GeoCropError(
      'unsupported-crs',
      `${scene.id} says no coordinate system, neither the item nor the file.`,
      {
        context,
        hint: 'Items need proj:epsg or proj:code, or their files GeoKeys.',
      },
    );
  }
  if (level === undefined || header.transform === null) {
    throw new GeoCropError('cog-unsupported', `${asset.href} has no georeference.`, { context });
  }
  const [resX, skewX, x0, skewY, minusResY, y0] = header.transform;
  if (skewX !== 0 || skewY !== 0 || resX <= 0 || minusResY >= 0) {
    throw new GeoCropError('cog-unsupported', `${asset.href} is rotated or not north up.`, { context });
  }
  if (header.dataType !== 'uint16' && header.dataType !== 'uint8') {
    throw new GeoCropError(
      'cog-unsupported',
      `${asset.href} holds ${header.dataType}; bands are read as uint8 or uint16.`,
      {
        context,
      },
    );
  }
  if (header.samplesPerPixel !== 1) {
    throw new GeoCropError(
      'cog-unsupported',
      `${asset.href} has ${header.samplesPerPixel} bands; one a file is read.`,
      {
        context,
      },
    );
  }
  const blocks = level.blocksAcross * level.blocksDown;
  if (blocks > MAX_BLOCKS) {
    throw new GeoCropError(
      'cog-unsupported',
      `${asset.href} has ${blocks} blocks; at most ${MAX_BLOCKS} a file are read.`,
      { context, hint: 'Write it with blocks of 256 or more: gdal_translate -of COG -co BLOCKSIZE=512.' },
    );
  }
  const nodata = header.nodata ?? asset.nodata ?? DEFAULT_NODATA;
  return {
    header,
    level,
    epsg,
    spec: blockSpec(header, 0),
    nodata: Number.isInteger(nodata) && nodata >= 0 && nodata <= MAX_DN ? nodata : -1,
    grid: {
      x0,
      y0,
      resX,
      resY: -minusResY,
      width: level.width,
      height: level.height,
      blockWidth: level.blockWidth,
      blockHeight: level.blockHeight,
      blocksAcross: level.blocksAcross,
      blocksDown: level.blocksDown,
    },
  };
}
