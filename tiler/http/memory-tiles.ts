import { MemoryTileTier } from '../../cache/memory-tile-tier.js';
import type { AppDeps } from './deps.js';

const tiers = new WeakMap<AppDeps, MemoryTileTier>();

/** The encoded tiles in this process's memory: one budget for all routes of an app. */
export function memoryTiles(deps: AppDeps): MemoryTileTier {
  let tier = tiers.get(deps);
  if (tier === undefined) {
    const { config, clock } = deps;
    tier = new MemoryTileTier({ maxBytes: config.tileCacheBytes, now: () => clock.now() });
    tiers.set(deps, tier);
  }
  return tier;
}
