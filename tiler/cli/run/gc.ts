import { keepHouse } from '../../../cache/housekeeping/keep-house.js';
import type { KnownMaps } from '../../../cache/housekeeping/plan.js';
import { DAY_MS } from '../../../cache/housekeeping/read-usage.js';
import type { ObjectStore } from '../../../cache/object-store.js';
import { counted } from '../../../engine/counted.js';
import { isGeoCropError, messageOf } from '../../../engine/errors.js';
import { houseRules } from '../../housekeeping/house-rules.js';
import { inventoryTable, removalTable } from '../../housekeeping/house-tables.js';
import { openKnownMaps } from '../../housekeeping/known-maps.js';
import { recipeNames } from '../../housekeeping/recipe-names.js';
import type { GcOptions, RunGc } from '../commands/gc.js';
import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import { startProgress, type Progress } from '../progress.js';
import { withModels } from '../with-models.js';
import { withStore } from '../with-store.js';

export const runGc: RunGc = (options, io) => {
  const { config, dryRun, quotaBytes, keepDays } = options;
  const signal = io.interrupt();
  return withStore(config, { writes: !dryRun }, async (store, place) => {
    io.err(`${dryRun ? 'Looking at' : 'Keeping'} ${place}\n`);
    const known = await mapsOf(options, store, io);
    const rules = houseRules(config, store);
    const quota = quotaBytes ?? rules.quotaBytes;
    let progress: Progress | null = null;
    let done = 0;
    let names: ReadonlyMap<string, string> = new Map();
    try {
      const report = await keepHouse(
        store,
        { ...rules, quotaBytes: quota, now: Date.now(), keepMs: keepDays * DAY_MS, known, dryRun },
        {
          signal,
          onPlan: async ({ removals }, inventory) => {
            names = await recipeNames(store, inventory);
            if (!dryRun && removals.length > 0) progress = startProgress(io, 'Removing', removals.length);
          },
          onRemoved: () => progress?.update((done += 1)),
        },
      );
      progress = stopped(progress);
      const windows =
        report.windows === null || rules.windows === null
          ? null
          : { before: report.windows.before, quotaBytes: rules.windows.quotaBytes };
      const context = { lastUse: report.lastUse, known, names, quotaBytes: quota, windows };
      const lines = [
        ...inventoryTable(report.inventory, context),
        '',
        ...removalTable(report, dryRun),
        ...(report.kept === 0
          ? []
          : [`${counted(report.kept, 'thing')} came into use meanwhile, and stayed.`]),
      ];
      io.out(`${lines.join('\n')}\n`);
      for (const { error } of report.failures) io.err(`geocrop: ${error.message}\n`);
      return report.failures.length === 0 ? EXIT.ok : EXIT.failed;
    } finally {
      stopped(progress);
    }
  });
};

function stopped(progress: Progress | null): null {
  progress?.stop();
  return null;
}

/** What the configuration's maps use; null, with the reason said, where that is not to be known. */
async function mapsOf(
  { config, keepRecipes }: GcOptions,
  store: ObjectStore,
  io: Io,
): Promise<KnownMaps | null> {
  if (keepRecipes) return null;
  try {
    const known = await withModels(config, ({ listings }) =>
      openKnownMaps(config, store, listings, (message) => io.err(`${message}\n`)),
    );
    io.err(
      `Maps of this configuration: ${counted(known.recipes.size, 'recipe')} (catalogue ${config.stac})\n`,
    );
    return known;
  } catch (error) {
    if (!isGeoCropError(error)) throw error;
    io.err(`Maps of other models and settings stay: ${messageOf(error)}\n`);
    return null;
  }
}
