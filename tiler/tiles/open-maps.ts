import type { ObjectStore } from '../../cache/object-store.js';
import type { Bundle } from '../../engine/classes/bundle.js';
import type { BundleListing } from '../../engine/classes/list-bundles.js';
import { GeoCropError } from '../../engine/errors.js';
import { BANDS, type Band } from '../../engine/scenes/scene.js';
import type { SceneSource } from '../../engine/scenes/scene-source.js';
import type { SeasonDefinition } from '../../engine/season.js';
import { BaselineFeature } from './baseline-feature.js';
import type { DynamicWorldBaseline } from './baseline.js';
import { catalogueFacts, type CatalogueFacts } from './catalogue-facts.js';
import { catalogueYears } from './catalogue-years.js';
import { lackingBands, Maps, NO_MODEL } from './maps.js';

export interface OpenMapsOptions {
  readonly scenes: SceneSource;
  /** Where what the catalogue said is kept. */
  readonly store: ObjectStore;
  readonly listings: readonly BundleListing[];
  readonly baselines: DynamicWorldBaseline;
  readonly seasons: readonly SeasonDefinition[];
  /** Of requests that name none; null: the first by name. */
  readonly defaultModel?: string | null;
  readonly cloudLimit: number;
  readonly cloudBufferPixels: number;
  readonly now: () => Date;
  readonly warn: (message: string, context: Record<string, unknown>) => void;
}

export interface OpenMaps {
  readonly maps: Maps;
  readonly facts: CatalogueFacts;
  readonly hasScl: boolean;
  readonly bundles: ReadonlyMap<string, Bundle>;
  /** Bundles that did not load, or cannot be used here, and why. */
  readonly bad: readonly { readonly folder: string; readonly error: GeoCropError }[];
  readonly baseline: BaselineFeature;
}

/** The maps that a catalogue and some models give. @throws bundle-lacks-bands, what the catalogue throws where nothing is kept of it */
export async function openMaps(options: OpenMapsOptions): Promise<OpenMaps> {
  const { scenes, now } = options;
  const facts = await catalogueFacts(scenes, options.store, options.warn);
  const bands = BANDS.filter((band) => facts.assets.includes(band));
  checkBands(scenes, bands);
  const { bundles, bad } = usableBundles(options.listings, bands);
  const baseline = await BaselineFeature.open(options.baselines);
  const maps = new Maps({
    bundles,
    seasons: options.seasons,
    defaultModel: options.defaultModel ?? null,
    years: catalogueYears(facts.dates, options.seasons, now),
    source: scenes.profile,
    profiles: facts.profiles,
    bands,
    cloudBufferPixels: options.cloudBufferPixels,
    cloudLimit: options.cloudLimit,
    baseline: (year) => baseline.digest(year),
    now,
  });
  return { maps, facts, hasScl: facts.assets.includes('scl'), bundles, bad, baseline };
}

function checkBands(scenes: SceneSource, bands: readonly Band[]): void {
  const missing = (['red', 'green', 'blue'] as const).filter((band) => !bands.includes(band));
  if (missing.length === 0) return;
  throw new GeoCropError('bundle-lacks-bands', `${scenes.location} has no ${missing.join(', ')}.`, {
    hint: 'Red, green and blue are needed for any map. Name the collection with --collection if there are several.',
  });
}

/** Bundles that this collection can be mapped with; the others, and those that do not load, with the reason. */
function usableBundles(
  listings: readonly BundleListing[],
  bands: readonly Band[],
): { bundles: Map<string, Bundle>; bad: { folder: string; error: GeoCropError }[] } {
  const bundles = new Map<string, Bundle>();
  const bad: { folder: string; error: GeoCropError }[] = [];
  for (const listing of listings) {
    if ('error' in listing) {
      bad.push(listing);
      continue;
    }
    const { folder, bundle } = listing;
    const error = unusableName(bundle, bundles) ?? lackingBands(bundle, bands);
    if (error !== null) bad.push({ folder, error });
    else bundles.set(bundle.name, bundle);
  }
  return { bundles, bad };
}

/** Two models of one name would be served in turn, whichever was read last. */
function unusableName({ name }: Bundle, others: ReadonlyMap<string, Bundle>): GeoCropError | null {
  if (name !== NO_MODEL && !others.has(name)) return null;
  return new GeoCropError('bundle-malformed', `The model's name "${name}" is taken.`, {
    hint: 'Give it another "name" in its bundle.json.',
  });
}
