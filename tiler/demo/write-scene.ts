import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeCog } from '../../engine/encode/cog.js';
import { overviews } from '../../engine/encode/overviews.js';
import type { Raster } from '../../engine/raster.js';
import { BANDS, type AssetName } from '../../engine/scenes/scene.js';
import { CENTRE } from './ground.js';
import { DN_STEP, renderScene, type RenderedScene } from './render-scene.js';
import type { SceneGround } from './scene-ground.js';
import type { PassPlan } from './season-plan.js';
import {
  ASSETS,
  sceneFolder,
  sceneId,
  sceneItem,
  sensedAt,
  type AssetFile,
  type SceneProduct,
} from './stac-item.js';
import { sunAt } from './sun.js';

export const NEWEST_BASELINE = '05.11';
export const OLDER_BASELINE = '05.10';
/** Block edges of Sentinel-2's COGs, and overviews down to 80 m for all. */
const BLOCK = { 10: 1024, 20: 512 } as const;
const LEVELS = { 10: 3, 20: 2 } as const;
/** Noise does not deflate any better with more patience. */
const DEFLATE_LEVEL = 4;

/** What is known of a scene that has been written. */
export interface WrittenScene {
  /** Relative to the collection's folder. */
  readonly item: string;
  readonly bytes: number;
  readonly bbox: readonly [number, number, number, number];
  readonly datetime: string;
  readonly cloudCover: number;
}

/** Renders one pass over one zone and writes its COGs and its item below `folder`; with an older product where the plan has one. */
export async function writeScenes(
  ground: SceneGround,
  pass: PassPlan,
  folder: string,
): Promise<WrittenScene[]> {
  const sun = sunAt(sensedAt(pass), ...CENTRE);
  const rendered = renderScene(ground, pass, sun);
  if (rendered.sclCounts[0] === rendered.scl.length) return [];
  const written: WrittenScene[] = [];
  for (const baseline of pass.alsoOlder ? [OLDER_BASELINE, NEWEST_BASELINE] : [NEWEST_BASELINE]) {
    const product = { pass, grid: ground.grid, baseline };
    const files = await writeAssets(rendered, product, join(folder, sceneFolder(product)));
    const item = sceneItem(product, sun, rendered.sclCounts, files);
    const text = `${JSON.stringify(item, null, 2)}\n`;
    const href = `${sceneFolder(product)}/${sceneId(product)}.json`;
    await writeFile(join(folder, href), text);
    const properties = item['properties'] as Record<string, unknown>;
    written.push({
      item: href,
      bytes: files.reduce((sum, file) => sum + file.bytes, Buffer.byteLength(text)),
      bbox: item['bbox'] as [number, number, number, number],
      datetime: properties['datetime'] as string,
      cloudCover: properties['eo:cloud_cover'] as number,
    });
  }
  return written;
}

async function writeAssets(
  rendered: RenderedScene,
  { grid, baseline }: SceneProduct,
  folder: string,
): Promise<AssetFile[]> {
  await mkdir(folder, { recursive: true });
  const files: AssetFile[] = [];
  for (const name of [...BANDS, 'scl'] as AssetName[]) {
    const { file, metres } = ASSETS[name];
    const data = name === 'scl' ? rendered.scl : rendered.bands[name];
    const raster: Raster<Uint8Array | Uint16Array> = {
      data: baseline === OLDER_BASELINE && data instanceof Uint16Array ? olderCalibration(data) : data,
      bands: 1,
      width: (grid.width * 10) / metres,
      height: (grid.height * 10) / metres,
      nodata: 0,
    };
    const bytes = await encodeCog({
      raster,
      overviews: smaller(raster, name, LEVELS[metres]),
      epsg: grid.epsg,
      transform: [metres, 0, grid.left, 0, -metres, grid.top],
      blockSize: BLOCK[metres],
      predictor: name === 'scl' ? 1 : 2,
      level: DEFLATE_LEVEL,
    });
    await writeFile(join(folder, file), bytes);
    files.push({
      name,
      file,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
  }
  return files;
}

/** As Sentinel-2's: classes by mode, DN by mean, in whole steps like the DN themselves. */
function smaller(
  raster: Raster<Uint8Array | Uint16Array>,
  name: AssetName,
  levels: number,
): Raster<Uint8Array | Uint16Array>[] {
  if (name === 'scl') return overviews(raster, 'mode', levels);
  const means = overviews(raster, 'mean', levels);
  for (const { data } of means) {
    for (let i = 0; i < data.length; i++) data[i] = Math.round((data[i] as number) / DN_STEP) * DN_STEP;
  }
  return means;
}

/** The older product of the same pass: calibrated a little differently, so that it shows which of the two was used. */
function olderCalibration(dn: Uint16Array): Uint16Array {
  return dn.map((value) => (value === 0 ? 0 : Math.max(1, value + Math.round((value - 1000) * 0.02))));
}
