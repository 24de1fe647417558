import { digest } from '../digest.js';
import type { Band, LeftOutScene, Scene, SceneList } from './scene.js';

/** A scene whose pixels could not be read again and again. */
export interface Quarantine {
  readonly id: string;
  readonly reason: string;
}

/**
 * The part of a looked-up list that a band set can use: an item that lacks an asset of the set, and one in quarantine, is
 * left out and named. FEATURES.md section 2, "band set". The digest is the restricted list's own.
 */
export function restrictSceneList(
  list: SceneList,
  bands: readonly Band[],
  quarantined: readonly Quarantine[] = [],
): SceneList {
  const scenes: Scene[] = [];
  const leftOut: LeftOutScene[] = [...list.leftOut];
  const bad = new Map(quarantined.map(({ id, reason }) => [id, reason]));
  for (const scene of list.scenes) {
    const missing = bands.filter((band) => scene.assets[band] === undefined);
    const reason = bad.get(scene.id);
    if (reason !== undefined) leftOut.push({ id: scene.id, code: 'quarantined', reason });
    else if (missing.length > 0) {
      leftOut.push({ id: scene.id, code: 'lacks-asset', reason: `the item has no ${missing.join(', ')}` });
    } else scenes.push(scene);
  }
  return { ...list, scenes, leftOut, digest: scenesDigest(scenes) };
}

/** Over what decides pixels: ids, hrefs, offsets, baselines, in order. */
export function scenesDigest(scenes: readonly Scene[]): string {
  return digest(
    scenes.map(({ id, date, baseline, assets, reflectance }) => ({
      id,
      date,
      baseline,
      assets,
      scale: reflectance.scale,
      offset: reflectance.offset,
    })),
  ).slice(0, 16);
}
