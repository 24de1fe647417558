import { digest } from '../../engine/digest.js';
import { isGeoCropError } from '../../engine/errors.js';
import type { Bounds } from '../../engine/geo/tile-matrix.js';
import type { BaselineYear } from '../tiles/baseline-tiles.js';
import type { LayerInfo, MapKey, TileService } from '../tiles/tile-service.js';
import { WmtsError } from './wmts-error.js';

export type DimensionName = 'season' | 'year' | 'model';

/** What a layer can be asked for beside its tiles. */
export interface Dimension {
  readonly name: DimensionName;
  readonly title: string;
  /** Without repetition, at least one. */
  readonly values: readonly string[];
  readonly fallback: string;
}

export interface WmtsLayer {
  readonly info: LayerInfo;
  /** In the order of its addresses. */
  readonly dimensions: readonly Dimension[];
  /** True for Dynamic World, which belongs to no model. */
  readonly baseline: boolean;
}

/** What the WMTS offers. Plain data: the capabilities document is written from it, and requests are held against it. */
export interface Catalogue {
  readonly layers: readonly WmtsLayer[];
  /** Degrees. */
  readonly bounds: Bounds;
  /** Eight hex digits over the versions of all maps: addresses that hold it change when any map does. */
  readonly version: string;
}

type Offer = Pick<
  TileService,
  'resolveMap' | 'models' | 'seasons' | 'years' | 'layers' | 'version' | 'bounds'
>;

/**
 * @param baseline its layer and, rising, its years
 * @param asked what the defaults are to be; left out: the server's own. Throws `unknown-season`, `unknown-year`, `unknown-model`
 */
export function readCatalogue(
  service: Offer,
  baseline: { readonly layer: LayerInfo; readonly years: readonly BaselineYear[] },
  asked: Partial<MapKey> = {},
): Catalogue {
  const first = defaultMap(service);
  const maps = first === null ? [] : mapLayers(service, service.resolveMap(asked));
  const years = baseline.years.map(({ year }) => String(year));
  const latest = years.at(-1);
  const baselines: readonly WmtsLayer[] =
    latest === undefined
      ? []
      : [
          {
            info: baseline.layer,
            dimensions: [{ name: 'year', title: YEAR_TITLE, values: years, fallback: latest }],
            baseline: true,
          },
        ];
  return {
    layers: [...maps, ...baselines],
    bounds: service.bounds(),
    version: digest({ first, maps: first === null ? [] : versions(service) }).slice(0, 8),
  };
}

const YEAR_TITLE = 'Year in which the season starts';

/** A layer for each product that any model has, the default model's first. */
function mapLayers(service: Offer, first: MapKey): readonly WmtsLayer[] {
  const { season, year } = first;
  const models = [first.model, ...service.models().filter((model) => model !== first.model)];
  const found = new Map<string, { readonly info: LayerInfo; readonly models: string[] }>();
  for (const model of models) {
    for (const info of service.layers({ ...first, model })) {
      const known = found.get(info.name);
      if (known === undefined) found.set(info.name, { info, models: [model] });
      else known.models.push(model);
    }
  }
  const seasons = service.seasons();
  const years = [...new Set(seasons.flatMap((name) => service.years(name)))].sort((a, b) => a - b);
  return [...found.values()].map(({ info, models: having }) => ({
    info,
    baseline: false,
    dimensions: [
      { name: 'season', title: 'Season', values: seasons, fallback: season },
      { name: 'year', title: YEAR_TITLE, values: years.map(String), fallback: String(year) },
      { name: 'model', title: 'Model', values: having, fallback: having[0] as string },
    ],
  }));
}

/** null where the catalogue has no season with scenes. */
function defaultMap(service: Offer): MapKey | null {
  try {
    return service.resolveMap({});
  } catch (error) {
    if (isGeoCropError(error, 'unknown-year', 'unknown-season')) return null;
    throw error;
  }
}

function versions(service: Offer): readonly string[] {
  return service
    .seasons()
    .flatMap((season) =>
      service
        .years(season)
        .flatMap((year) => service.models().map((model) => service.version({ season, year, model }))),
    );
}

/** The layer of that name. Throws `InvalidParameterValue`. */
export function findLayer({ layers }: Catalogue, name: string): WmtsLayer {
  const found = layers.find(({ info }) => info.name === name);
  if (found !== undefined) return found;
  const names = layers.map(({ info }) => info.name).join(', ');
  throw new WmtsError('InvalidParameterValue', 'layer', `There is no layer "${name}". Layers: ${names}.`);
}

/** Each dimension's value: as asked, or its default where nothing or `default` is. Throws `InvalidParameterValue`. */
export function chooseDimensions(
  { dimensions }: WmtsLayer,
  asked: (name: DimensionName) => string | undefined,
): Readonly<Partial<Record<DimensionName, string>>> {
  return Object.fromEntries(
    dimensions.map(({ name, values, fallback }) => {
      const value = asked(name);
      if (value === undefined || value === '' || value === 'default') return [name, fallback];
      if (values.includes(value)) return [name, value];
      throw new WmtsError(
        'InvalidParameterValue',
        name,
        `There is no ${name} "${value}". There are: ${values.join(', ')}.`,
      );
    }),
  );
}
