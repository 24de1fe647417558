import type { MapDefinition } from '../tiles/maps.js';
import type { WarmingEstimate } from './estimate-warming.js';
import type { WarmingResult } from './warm-area.js';

/** What `--report` writes, for scripts: numbers in bytes and seconds, each failure by itself. */
export function warmingReport({
  definition,
  startedAt,
  estimate,
  result,
}: {
  readonly definition: MapDefinition;
  readonly startedAt: Date;
  readonly estimate: WarmingEstimate;
  /** null: nothing was to be done. */
  readonly result: WarmingResult | null;
}): Record<string, unknown> {
  const { walk, cacheBytes, archiveBytes: _, ...figures } = estimate;
  const { order: _order, ...demands } = walk;
  return {
    map: { ...definition.key, recipe: definition.mapDigest },
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    estimate: { ...figures, cache: { ...demands, bytes: Number.isFinite(cacheBytes) ? cacheBytes : null } },
    result: result && {
      ended: result.ended,
      because: result.because?.message ?? null,
      seconds: result.seconds,
      made: result.made,
      there: result.there,
      empty: result.empty,
      failed: result.failed.length,
      left: result.left,
    },
    failures: (result?.failed ?? []).map(({ metatile, error }) => ({
      metatile,
      code: error.code,
      message: error.message,
      hint: error.hint ?? null,
      context: error.context,
    })),
  };
}
