import type { Band, LeftOutScene, Scene, SceneList } from './scene.js';
import { scenesDigest } from './scene-list.js';

/**
 * The part of a looked-up list that a band set can use: an item that lacks an asset of the set, and one in quarantine, is
 * left out and named. docs/features.md section 2, "band set". The digest is the restricted list's own.
 */
export function restrictSceneList(
  list: SceneList,
  bands: readonly Band[],
  quarantined: ReadonlyMap<string, string> = new Map(),
): SceneList {
  const scenes: Scene[] = [];
  const leftOut: LeftOutScene[] = [...list.leftOut];
  for (const scene of list.scenes) {
    const missing = bands.filter((band) => scene.assets[band] === undefined);
    const reason = quarantined.get(scene.id);
    if (reason !== undefined) leftOut.push({ id: scene.id, code: 'quarantined', reason });
    else if (missing.length > 0) {
      leftOut.push({ id: scene.id, code: 'lacks-asset', reason: `the item has no ${missing.join(', ')}` });
    } else scenes.push(scene);
  }
  return { ...list, scenes, leftOut, digest: scenesDigest(scenes) };
}
