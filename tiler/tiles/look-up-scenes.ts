import { LRUCache } from 'lru-cache';
import { checkOffset } from '../../engine/scenes/offset-check.js';
import { buildSceneList } from '../../engine/scenes/scene-list.js';
import type { Scene } from '../../engine/scenes/scene.js';
import type { SceneSource } from '../../engine/scenes/scene-source.js';
import type { CogReader } from '../../engine/windows/cog-reader.js';
import { readLevel, type LevelPixels } from '../../engine/windows/read-level.js';
import { SharedWork } from '../../engine/windows/shared-work.js';
import type { SceneListDeps } from './scene-lists.js';

export interface LookUpOptions {
  readonly source: SceneSource;
  readonly reader: CogReader;
  readonly hasScl: boolean;
  readonly cloudLimit: number;
  readonly now: () => Date;
}

type Check = ReturnType<typeof checkOffset>;

/** Two numbers each; a country's scenes of several years. */
const CHECKS_KEPT = 50_000;

/**
 * Asks the catalogue for a metatile's scenes and holds each one's offset against its pixels, once a scene and process.
 * Only the colours of true colour are asked for: what else a model needs is decided when the list is used.
 */
export function lookUpScenes(options: LookUpOptions): SceneListDeps['lookUp'] {
  const checks = new LRUCache<string, Check>({ max: CHECKS_KEPT });
  const work = new SharedWork<Check>();
  const check = async (scene: Scene, signal?: AbortSignal): Promise<Check> => {
    const known = checks.get(scene.id);
    if (known !== undefined) return known;
    return work.run(scene.id, signal, async (shared) => {
      const checked = await checkScene(options.reader, scene, shared);
      checks.set(scene.id, checked);
      return checked;
    });
  };
  return (definition, metatile, quarantined, signal) =>
    buildSceneList({
      source: options.source,
      season: definition.season,
      metatile: { z: 12, x: metatile.x, y: metatile.y },
      bandSet: ['blue', 'green', 'red'],
      withScl: options.hasScl,
      cloudLimit: options.cloudLimit,
      checkOffset: check,
      quarantined,
      now: options.now(),
      signal,
    });
}

async function checkScene(reader: CogReader, scene: Scene, signal: AbortSignal): Promise<Check> {
  const { red, scl } = scene.assets;
  if (red === undefined || scl === undefined) return { median: null, plausible: true };
  const [redPixels, sclPixels] = await Promise.all([
    coarsest(reader, red.href, red.nodata, signal),
    coarsest(reader, scl.href, scl.nodata, signal),
  ]);
  return checkOffset(redPixels, sclPixels, scene.reflectance);
}

/** Nodata is the file's, else the item's, else 0: docs/features.md section 2. */
async function coarsest(
  reader: CogReader,
  href: string,
  itemNodata: number | undefined,
  signal: AbortSignal,
): Promise<LevelPixels> {
  const { levels } = await reader.header(href, signal);
  const pixels = await readLevel(reader, href, levels.length - 1, signal);
  return { ...pixels, nodata: pixels.nodata ?? itemNodata ?? 0 };
}
