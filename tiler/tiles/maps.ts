import type { Bundle } from '../../engine/classes/bundle.js';
import { DW_CLASS_FEATURE } from '../../engine/classes/bundle.js';
import { GeoCropError } from '../../engine/errors.js';
import { FEATURE_BANDS, FEATURE_ORDER_V1, bandsForFeatures } from '../../engine/pixels/feature-order.js';
import {
  ENGINE_EPOCH,
  MASK_PROFILE,
  mapRecipeDigest,
  pixelsRecipeDigest,
  type PixelsRecipe,
} from '../../engine/recipe.js';
import { BANDS, type Band } from '../../engine/scenes/scene.js';
import { isClosed, seasonWindow, type SeasonDefinition, type SeasonWindow } from '../../engine/season.js';
import type { BaselineWish } from './baseline-feature.js';
import type { LayerInfo, MapKey } from './tile-service.js';

/** The name of the map without a model: features, true colour and observations only. */
export const NO_MODEL = 'none';

/** True colour needs these whatever the model. FEATURES.md section 2, "band set". */
const RGB: readonly Band[] = ['red', 'green', 'blue'];

/** All that decides a map's numbers, worked out once. */
export interface MapDefinition {
  readonly key: MapKey;
  readonly season: SeasonWindow;
  /** `summer-2021`: the folder of the archive. */
  readonly seasonKey: string;
  readonly bundle: Bundle | null;
  readonly pixels: PixelsRecipe;
  readonly pixelsDigest: string;
  /** Equal to pixelsDigest where there is no model. */
  readonly mapDigest: string;
  /** The Dynamic World that the bundle reads: of which year, and its digest (null: there is none). null: it reads none. */
  readonly baseline: BaselineWish | null;
}

export interface MapsOptions {
  readonly bundles: ReadonlyMap<string, Bundle>;
  readonly seasons: readonly SeasonDefinition[];
  /** Years that exist for a season, newest first. */
  readonly years: (season: SeasonDefinition) => readonly number[];
  readonly profile: string;
  /** Bands that the collection has. */
  readonly bands: readonly Band[];
  readonly cloudBufferPixels: number;
  readonly cloudLimit: number;
  /** Digest of a year's Dynamic World files, as last seen; null where there are none. */
  readonly baseline?: (year: number) => string | null;
  readonly now: () => Date;
}

/** The maps that can be asked for: season × year × model. */
export class Maps {
  readonly #definitions = new Map<string, MapDefinition>();

  constructor(private readonly options: MapsOptions) {}

  models(): readonly string[] {
    return this.options.bundles.size > 0 ? [...this.options.bundles.keys()] : [NO_MODEL];
  }

  seasons(): readonly string[] {
    return this.options.seasons.map(({ name }) => name);
  }

  years(season: string): readonly number[] {
    return this.options.years(this.#season(season));
  }

  /** @throws unknown-season, unknown-year, unknown-model */
  resolve(asked: { season?: string; year?: number; model?: string }): MapKey {
    const season = this.#season(asked.season ?? this.#defaultSeason());
    const years = this.options.years(season);
    const now = this.options.now();
    const latest = years.find((year) => isClosed(seasonWindow(season, year), now)) ?? years[0];
    const year = asked.year ?? latest;
    if (year === undefined || !years.includes(year)) {
      throw new GeoCropError('unknown-year', `There is no ${season.name} ${year ?? ''}.`.replace(' .', '.'), {
        hint:
          years.length === 0 ? 'The catalogue has no scenes in that season.' : `Years: ${years.join(', ')}.`,
      });
    }
    const models = this.models();
    const model = asked.model ?? models[0] ?? NO_MODEL;
    if (model !== NO_MODEL && !models.includes(model)) {
      throw new GeoCropError('unknown-model', `There is no model "${model}".`, {
        hint: `Models: ${models.join(', ')}.`,
      });
    }
    return { season: season.name, year, model };
  }

  definition(map: MapKey): MapDefinition {
    const name = `${map.season}/${map.year}/${map.model}`;
    const known = this.#definitions.get(name);
    if (known !== undefined && known.baseline?.digest === this.#baseline(known)?.digest) return known;
    const definition = this.#define(this.resolve(map));
    this.#definitions.set(name, definition);
    return definition;
  }

  layers(map: MapKey): readonly LayerInfo[] {
    const { bundle, pixels } = this.definition(map);
    const has = new Set(pixels.bands);
    return [
      ...(bundle === null
        ? []
        : ([
            { name: 'classes', kind: 'classes', title: 'Crop classes' },
            { name: 'confidence', kind: 'percent', title: 'Confidence' },
          ] as const)),
      { name: 'truecolor', kind: 'rgb', title: 'True colour' },
      { name: 'observations', kind: 'count', title: 'Observations' },
      ...FEATURE_ORDER_V1.filter((name) => FEATURE_BANDS[name].every((band) => has.has(band))).map(
        (name) => ({ name, kind: 'feature', title: name.replaceAll('_', ' ') }) as const,
      ),
    ];
  }

  /** @throws unknown-layer */
  layer(map: MapKey, name: string): LayerInfo {
    const layers = this.layers(map);
    const layer = layers.find((candidate) => candidate.name === name);
    if (layer === undefined) {
      throw new GeoCropError(
        'unknown-layer',
        `The map ${map.season} ${map.year} ${map.model} has no layer "${name}".`,
        {
          hint: `Layers: ${layers.map((known) => known.name).join(', ')}.`,
        },
      );
    }
    return layer;
  }

  /** @throws bundle-lacks-bands where a model needs what the collection does not have */
  #define(key: MapKey): MapDefinition {
    const { cloudBufferPixels, cloudLimit, profile } = this.options;
    const season = this.#season(key.season);
    const bundle = this.options.bundles.get(key.model) ?? null;
    const pixels: PixelsRecipe = {
      features: 'FEATURE_ORDER_V1',
      bands: bundle === null ? this.options.bands : this.#bandSet(bundle),
      mask: MASK_PROFILE,
      cloudBufferPixels,
      cloudLimit,
      season,
      profile,
      epoch: ENGINE_EPOCH,
    };
    const pixelsDigest = pixelsRecipeDigest(pixels);
    const baseline = this.#baseline({ key, bundle });
    return {
      key,
      season: seasonWindow(season, key.year),
      seasonKey: `${key.season}-${key.year}`,
      bundle,
      pixels,
      pixelsDigest,
      mapDigest: bundle === null ? pixelsDigest : mapRecipeDigest(pixels, bundle.digest, baseline?.digest),
      baseline,
    };
  }

  #baseline({ key: { year }, bundle }: Pick<MapDefinition, 'key' | 'bundle'>): BaselineWish | null {
    return usesBaseline(bundle) ? { year, digest: this.options.baseline?.(year) ?? null } : null;
  }

  #bandSet(bundle: Bundle): Band[] {
    const features = FEATURE_ORDER_V1.filter((name) => bundle.features.includes(name));
    const needed = new Set<Band>([...RGB, ...bandsForFeatures(features)]);
    const missing = [...needed].filter((band) => !this.options.bands.includes(band));
    if (missing.length > 0) {
      throw new GeoCropError(
        'bundle-lacks-bands',
        `The model ${bundle.name} needs ${missing.join(', ')}, which the collection ${this.options.profile} does not have.`,
        {
          hint: 'Use a model that was trained on features of the bands that are there, or another collection.',
        },
      );
    }
    return BANDS.filter((band) => needed.has(band));
  }

  #season(name: string): SeasonDefinition {
    const season = this.options.seasons.find((candidate) => candidate.name === name);
    if (season === undefined) {
      throw new GeoCropError('unknown-season', `There is no season "${name}".`, {
        hint: `Seasons: ${this.seasons().join(', ')}.`,
      });
    }
    return season;
  }

  /** The first that has a year at all. */
  #defaultSeason(): string {
    const [first] = this.options.seasons;
    const season =
      this.options.seasons.find((candidate) => this.options.years(candidate).length > 0) ?? first;
    return season?.name ?? '';
  }
}

/** True where the bundle reads the Dynamic World class of each pixel. */
export function usesBaseline(bundle: Bundle | null): boolean {
  return bundle?.features.includes(DW_CLASS_FEATURE) ?? false;
}
