import {
  bytesOf,
  type Inventory,
  type StoredMetatile,
  type Tally,
} from '../../cache/housekeeping/inventory.js';
import type { HouseReport } from '../../cache/housekeeping/keep-house.js';
import type { LastUse } from '../../cache/housekeeping/last-use.js';
import {
  lastUsedAt,
  REASONS,
  type KnownMaps,
  type Reason,
  type Removal,
} from '../../cache/housekeeping/plan.js';
import { dayOf } from '../../cache/housekeeping/usage-document.js';
import { sizeText } from './size-text.js';
import { textTable } from './text-table.js';

export interface TableContext {
  readonly lastUse: LastUse;
  readonly known: KnownMaps | null;
  /** What a recipe is, for people. */
  readonly names: ReadonlyMap<string, string>;
  readonly quotaBytes: number;
  readonly windows: { readonly before: Tally; readonly quotaBytes: number } | null;
}

/** What is there, by map and season, and beside the maps. */
export function inventoryTable(inventory: Inventory, context: TableContext): readonly string[] {
  const { lastUse, known, names, quotaBytes, windows } = context;
  const maps = groupBy(inventory.metatiles, ({ recipe, season }) => `${recipe} ${season}`);
  const rows = [...maps.values()].map((metatiles) => {
    const [{ recipe, season }] = metatiles as [StoredMetatile, ...StoredMetatile[]];
    const used = Math.max(...metatiles.map((stored) => lastUsedAt(stored, { lastUse })));
    return [
      season,
      names.get(recipe) ?? 'unfinished',
      recipe,
      count(metatiles.length),
      sizeText(sum(metatiles.map(bytesOf))),
      dayOf(used),
      known === null || known.recipes.has(recipe) ? '' : 'no map of this configuration',
    ];
  });
  const archive = sum(inventory.metatiles.map(bytesOf));
  const lists = {
    objects: inventory.sceneLists.length,
    bytes: sum(inventory.sceneLists.map(({ bytes }) => bytes)),
  };
  return [
    ...textTable(
      [['season', 'map', 'recipe', 'metatiles', 'size', 'last looked at', ''], ...rows],
      ['left', 'left', 'left', 'right', 'right', 'left', 'left'],
    ),
    '',
    ...textTable(
      [
        ['archive', count(inventory.metatiles.length), sizeText(archive), ofQuota(quotaBytes)],
        ['scene lists', count(lists.objects), sizeText(lists.bytes), ''],
        ['pyramid', count(inventory.pyramid.objects), sizeText(inventory.pyramid.bytes), ''],
        ...(windows === null
          ? []
          : [
              [
                'source blocks',
                count(windows.before.objects),
                sizeText(windows.before.bytes),
                ofQuota(windows.quotaBytes),
              ],
            ]),
        ...(inventory.foreign.objects === 0
          ? []
          : [
              [
                'not GeoCrop’s',
                count(inventory.foreign.objects),
                sizeText(inventory.foreign.bytes),
                `left alone: ${inventory.foreign.examples.join(', ')}`,
              ],
            ]),
      ],
      ['left', 'right', 'right', 'left'],
    ),
  ];
}

const WHY: Readonly<Record<Reason, string>> = {
  leftover: 'left half-written by a process that was killed',
  superseded: 'made of scenes that are no longer those in use',
  'unused-recipe': 'no map of this configuration, not looked at for long',
  quota: 'over the quota, looked at least recently',
  orphan: 'scene lists of another catalogue or season, nothing archived',
};

/** What goes and why; a line where nothing does. */
export function removalTable({ removed, windows, plan }: HouseReport, dryRun: boolean): readonly string[] {
  const rows = REASONS.flatMap((reason) => {
    const own = removed.filter((removal) => removal.reason === reason);
    if (own.length === 0) return [];
    return [
      [
        WHY[reason],
        count(things(own)),
        count(sum(own.map(({ files }) => files))),
        sizeText(sum(own.map(({ bytes }) => bytes))),
      ],
    ];
  });
  const blocks = windows?.removed.objects ?? 0;
  if (windows !== null && blocks > 0) {
    rows.push([
      'source blocks over their quota, the oldest',
      '',
      count(blocks),
      sizeText(windows.removed.bytes),
    ]);
  }
  if (rows.length === 0) return [dryRun ? 'Nothing would go.' : 'Nothing had to go.'];
  return [
    ...textTable(
      [[dryRun ? 'what would go' : 'what went', 'metatiles', 'files', 'size'], ...rows],
      ['left', 'right', 'right', 'right'],
    ),
    `The archive ${dryRun ? 'would have' : 'has'} ${sizeText(dryRun ? plan.after : plan.before - archiveBytes(removed))} then.`,
  ];
}

const archiveBytes = (removed: readonly Removal[]): number =>
  sum(removed.filter(({ kind }) => kind !== 'scene-list').map(({ bytes }) => bytes));

/** Metatiles, or scene lists, among removals. */
function things(removed: readonly Removal[]): number {
  return new Set(
    removed.map((removal) =>
      removal.kind === 'scene-list'
        ? removal.key
        : `${removal.recipe} ${removal.season} ${removal.metatile.x} ${removal.metatile.y}`,
    ),
  ).size;
}

const count = (value: number): string => value.toLocaleString('en');
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const ofQuota = (bytes: number): string => (bytes === Infinity ? 'no quota' : `of ${sizeText(bytes)}`);

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}
