import type { GeoCropError } from '../../engine/errors.js';
import type { ObjectStore } from '../object-store.js';
import { executePlan, type Outcome } from './execute.js';
import type { Inventory } from './inventory.js';
import type { LastUse } from './last-use.js';
import { planHousekeeping, type KnownMaps, type Plan, type Removal } from './plan.js';
import { compactUsage, readUsage } from './read-usage.js';
import { takeInventory } from './take-inventory.js';
import { trimWindows, type Trimmed, type Windows } from './windows.js';

export interface HouseRules {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Of `archive/`, bytes; Infinity: none. */
  readonly quotaBytes: number;
  /** How long what no map uses stays after it was last looked at. */
  readonly keepMs: number;
  /** null: nothing goes because no map uses it. */
  readonly known: KnownMaps | null;
  /** Source blocks and what they may take; null: somebody else's matter. */
  readonly windows: { readonly windows: Windows; readonly quotaBytes: number } | null;
  readonly dryRun?: boolean;
}

export interface HouseWatcher {
  readonly signal?: AbortSignal;
  readonly onListed?: (objects: number) => void;
  /** Before anything goes. */
  readonly onPlan?: (plan: Plan, inventory: Inventory) => Promise<void>;
  readonly onRemoved?: (removal: Removal, outcome: Outcome) => void;
}

export interface HouseReport {
  readonly inventory: Inventory;
  readonly lastUse: LastUse;
  readonly plan: Plan;
  /** What went; of a dry run, what would. */
  readonly removed: readonly Removal[];
  /** Came into use between plan and removal. */
  readonly kept: number;
  readonly failures: readonly { readonly removal: Removal; readonly error: GeoCropError }[];
  readonly windows: Trimmed | null;
  /** Journals that were merged or too old. */
  readonly journals: number;
}

/** One round of housekeeping. Several at once do no harm: each removes what is to go, and what is gone is gone. */
export async function keepHouse(
  store: ObjectStore,
  rules: HouseRules,
  watcher: HouseWatcher = {},
): Promise<HouseReport> {
  const { signal, onListed, onPlan, onRemoved } = watcher;
  const { now, dryRun = false } = rules;
  const lastUse = await readUsage(store, now);
  const inventory = await takeInventory(store, {
    ...(signal === undefined ? {} : { signal }),
    ...(onListed === undefined ? {} : { onProgress: onListed }),
  });
  const plan = planHousekeeping(inventory, { ...rules, lastUse });
  await onPlan?.(plan, inventory);
  const removed: Removal[] = [];
  const failures: { removal: Removal; error: GeoCropError }[] = [];
  let kept = 0;
  if (dryRun) removed.push(...plan.removals);
  else {
    await executePlan(store, plan, {
      ...(signal === undefined ? {} : { signal }),
      onRemoved: (removal, outcome) => {
        if (outcome === 'removed') removed.push(removal);
        else if (outcome === 'kept') kept += 1;
        else failures.push({ removal, error: outcome });
        onRemoved?.(removal, outcome);
      },
    });
  }
  const windows =
    rules.windows === null
      ? null
      : await trimWindows(rules.windows.windows, rules.windows.quotaBytes, {
          dryRun,
          ...(signal === undefined ? {} : { signal }),
        });
  const journals = dryRun ? 0 : await compactUsage(store, now);
  return { inventory, lastUse, plan, removed, kept, failures, windows, journals };
}
