import { DYNAMIC_WORLD, DYNAMIC_WORLD_ATTRIBUTION } from '../render/dynamic-world.js';
import type { Legend } from '../render/legend.js';
import { describeLegend } from '../render/legend.js';
import type { Style } from '../render/style.js';
import { mapTitle } from '../legend/words.js';
import type { LayerInfo, MapKey } from '../tiles/tile-service.js';
import { askedLayer } from './asked-layer.js';
import { baselineOf } from './baseline-year.js';
import type { AppDeps } from './deps.js';
import type { Query } from './query.js';
import { given, parseYear } from './query.js';

/** What clients of standards call Dynamic World, beside the layers of a map. */
export const BASELINE_LAYER: LayerInfo = { name: 'dynamic_world', kind: 'classes', title: 'Dynamic World' };
export const BASELINE_STYLE: Style = { kind: 'palette', colors: DYNAMIC_WORLD.map(({ color }) => color) };

/** A layer with all that people see of it beside its pixels. */
export interface ShownLayer {
  readonly layer: LayerInfo;
  readonly style: Style;
  /** null: Dynamic World, which belongs to no model. */
  readonly map: MapKey | null;
  readonly year: number;
  /** `Summer 2021/22, model Ensemble`. */
  readonly subtitle: string;
  /** First and last day, where known. */
  readonly period: readonly [string, string] | null;
  readonly legend: Legend;
}

export type ShownDeps = Pick<AppDeps, 'service' | 'config' | 'describe' | 'baselines'>;

/** A layer of a map, or Dynamic World, as a request names it; throws 400s and 404s with what there is. */
export async function shownLayer(deps: ShownDeps, query: Query): Promise<ShownLayer> {
  const { service, config, describe } = deps;
  if (query('layer') === BASELINE_LAYER.name) return shownBaseline(deps, given(query('year')));
  const { map, layer, style } = askedLayer(service, query);
  const { period } = describe?.(map) ?? {};
  return {
    layer,
    style,
    map,
    year: map.year,
    subtitle: mapTitle(map, period),
    period: period ?? null,
    legend: describeLegend(layer, style, map, service.legend(map), config.attribution),
  };
}

async function shownBaseline(
  { baselines, config }: ShownDeps,
  asked: string | undefined,
): Promise<ShownLayer> {
  const { year } = await baselineOf(baselines, asked === undefined ? undefined : parseYear(asked));
  const classes = DYNAMIC_WORLD.map((entry, id) => ({ id, ...entry }));
  return {
    layer: BASELINE_LAYER,
    style: BASELINE_STYLE,
    map: null,
    year,
    subtitle: `Summer ${year}/${String((year + 1) % 100).padStart(2, '0')}`,
    period: null,
    legend: describeLegend(
      BASELINE_LAYER,
      BASELINE_STYLE,
      null,
      classes,
      baselineCredits(config.attribution),
    ),
  };
}

/** Both: the baseline's own credits, and those of who serves it. */
export function baselineCredits(attribution: string): string {
  return `${DYNAMIC_WORLD_ATTRIBUTION}; ${attribution}`;
}

/** The query of the pages that describe a layer: `/legend.png?…`, `/qgis/….qlr?…`. Without a version: it is asked for anew. */
export function layerAddress({ layer, map, year }: ShownLayer, query: Query): URLSearchParams {
  const names: Readonly<Record<string, string>> =
    map === null
      ? { layer: layer.name, year: String(year) }
      : { season: map.season, year: String(map.year), model: map.model, layer: layer.name };
  return new URLSearchParams({ ...names, ...askedStyle(query) });
}

/** How a layer of numbers is to be drawn, as far as a request says it. */
export function askedStyle(query: Query): Readonly<Record<string, string>> {
  const style = ['colormap', 'rescale'].flatMap((name) => {
    const value = given(query(name));
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(style);
}

/** Where its tiles are, `{z}/{x}/{y}` in place of numbers. @param more parameters beside the names and the version */
export function tilesTemplate(
  service: AppDeps['service'],
  shown: ShownLayer,
  base: string,
  query: Query,
  more: Readonly<Record<string, string>> = {},
  format: 'png' | 'tif' = 'png',
): string {
  const { map, year } = shown;
  if (map === null) {
    const asked = new URLSearchParams(more).toString();
    return `${base}/baselines/dw/${year}/tiles/{z}/{x}/{y}.${format}${asked === '' ? '' : `?${asked}`}`;
  }
  const address = layerAddress(shown, query);
  address.set('v', service.version(map));
  for (const [name, value] of Object.entries(more)) address.set(name, value);
  return `${base}/tiles/{z}/{x}/{y}.${format}?${address.toString()}`;
}
