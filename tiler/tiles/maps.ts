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

/** True colour needs these whatever the model. docs/features.md section 2, "band set". */
const RGB: readonly Band[] = ['red', 'green', 'blue'];

/** All that decides a map's numbers, worked out once. */
export interface MapDefinition {
  readonly key: MapKey;
  /** Name of the catalogue in keys of scene lists. */
  readonly source: string;
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
  /** Of requests that name none; null: the first by name. */
  readonly defaultModel: string | null;
  /** Years that exist for a season, newest first. */
  readonly years: (season: SeasonDefinition) => readonly number[];
  /** Name of the catalogue in keys of scene lists. */
  readonly source: string;
  /** Rules that make DN reflectance: part of the recipe. */
  readonly profiles: readonly string[];
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

  /** Those that have a year. */
  seasons(): readonly string[] {
    const { seasons, years } = this.options;
    return seasons.filter((season) => years(season).length > 0).map(({ name }) => name);
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
    const model = asked.model ?? this.options.defaultModel ?? models[0] ?? NO_MODEL;
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

  #define(key: MapKey): MapDefinition {
    const { cloudBufferPixels, cloudLimit, profiles, source } = this.options;
    const season = this.#season(key.season);
    const bundle = this.options.bundles.get(key.model) ?? null;
    const pixels: PixelsRecipe = {
      features: 'FEATURE_ORDER_V1',
      bands: bundle === null ? this.options.bands : bandSetOf(bundle),
      mask: MASK_PROFILE,
      cloudBufferPixels,
      cloudLimit,
      season,
      profile: profiles.join('+'),
      epoch: ENGINE_EPOCH,
    };
    const pixelsDigest = pixelsRecipeDigest(pixels);
    const baseline = this.#baseline({ key, bundle });
    return {
      key,
      source,
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

/** The bands that the bundle's features need, and red, green and blue. docs/features.md section 2, "band set". */
function bandSetOf(bundle: Bundle): Band[] {
  const features = FEATURE_ORDER_V1.filter((name) => bundle.features.includes(name));
  const needed = new Set<Band>([...RGB, ...bandsForFeatures(features)]);
  return BANDS.filter((band) => needed.has(band));
}

/** Why a bundle cannot be used with a collection that has only these bands; null where it can. */
export function lackingBands(bundle: Bundle, bands: readonly Band[]): GeoCropError | null {
  const missing = bandSetOf(bundle).filter((band) => !bands.includes(band));
  if (missing.length === 0) return null;
  return new GeoCropError(
    'bundle-lacks-bands',
    `The model ${bundle.name} needs ${missing.join(', ')}, which the collection does not have.`,
    { hint: 'Use a model that was trained on features of the bands that are there, or another collection.' },
  );
}

/** True where the bundle reads the Dynamic World class of each pixel. */
export function usesBaseline(bundle: Bundle | null): boolean {
  return bundle?.features.includes(DW_CLASS_FEATURE) ?? false;
}
