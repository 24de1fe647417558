import type { Polygon } from 'geojson';
import { GeoCropError } from '../../../engine/errors.js';
import { polygonsOfGeoJson } from '../../../engine/geo/geojson-areas.js';
import { pixelHectares } from '../../../engine/geo/pixel-area.js';
import { cutOfSpans, type PixelSpans } from '../../../engine/geo/pixel-spans.js';
import { baselineOf } from '../../http/baseline-year.js';
import { baselineCredits } from '../../http/shown-layer.js';
import { DYNAMIC_WORLD } from '../../render/dynamic-world.js';
import type { StatisticsAsk } from '../area-service.js';
import { outsideCoverage, planArea } from '../fill-area.js';
import type { AreaDeps } from '../open-area-service.js';
import type { AreaStatistics } from './answer.js';
import { countBaseline } from './count-baseline.js';
import { countMap } from './count-map.js';
import { describeStatistics } from './describe-statistics.js';
import type { MeasuredArea } from './measure-area.js';
import { measureAside } from './measure-thread.js';
import type { Counted } from './tile-rows.js';

/** Measures, looks, has computed what is missing where that is wished, counts: `AreaService.statistics`. */
export async function areaStatistics(deps: AreaDeps, ask: StatisticsAsk): Promise<AreaStatistics> {
  const polygons = polygonsOfGeoJson(ask.document, deps.limits.vertices);
  const area = await measured(deps, polygons, ask.signal);
  return ask.of.kind === 'map' ? ofMap(deps, ask, ask.of, area) : ofBaseline(deps, ask, ask.of.year, area);
}

interface Measured extends MeasuredArea {
  readonly whole: Counted;
}

async function measured(
  { gate, limits }: AreaDeps,
  polygons: readonly Polygon[],
  signal: AbortSignal,
): Promise<Measured> {
  const area = await gate.run(signal, () => measureAside(polygons, { signal }));
  const whole = wholeOf(area.spans);
  if (whole.hectares <= limits.hectares) return { ...area, whole };
  throw new GeoCropError(
    'area-too-large',
    `The area has ${Math.round(whole.hectares)} ha; one request may count ${limits.hectares} ha.`,
    {
      hint: 'Ask for parts of it and add them up, or count in a file: `geocrop export`.',
      context: { hectares: Math.round(whole.hectares), most: limits.hectares },
    },
  );
}

function wholeOf({ window, starts, ends }: PixelSpans): Counted {
  const whole = { pixels: 0, hectares: 0 };
  for (let row = 0; row < window.height; row += 1) {
    let count = 0;
    for (let span = starts[row] ?? 0; span < (starts[row + 1] ?? 0); span += 1) {
      count += (ends[2 * span + 1] as number) - (ends[2 * span] as number);
    }
    if (count === 0) continue;
    whole.pixels += count;
    whole.hectares += count * pixelHectares(window.zoom, window.y + row);
  }
  return whole;
}

async function ofMap(
  deps: AreaDeps,
  { compute, attribution, signal }: StatisticsAsk,
  { map, card }: Extract<StatisticsAsk['of'], { kind: 'map' }>,
  { bounds, spans, whole }: Measured,
): Promise<AreaStatistics> {
  const { engine, gate, deadline } = deps;
  const definition = engine.maps.definition(map);
  const layer = engine.maps.layer(map, 'classes');
  const [window, cut] = [spans.window, cutOfSpans(spans)];
  const plan = await planArea(deps, { definition, layer, window, cut, compute, signal });
  const { tally, missing, damaged } = await gate.run(signal, () =>
    deadline.within(signal, (within) =>
      countMap({ archive: engine.archive, pool: engine.compute.pool }, plan, definition, within),
    ),
  );
  const inside = [...tally.pixels].reduce((sum, count) => sum + count, tally.noDataPixels) + missing.pixels;
  const insideHectares =
    [...tally.hectares].reduce((sum, hectares) => sum + hectares, tally.noDataHectares) + missing.hectares;
  const outside =
    whole.pixels === inside
      ? { pixels: 0, hectares: 0 }
      : { pixels: whole.pixels - inside, hectares: whole.hectares - insideHectares };
  const count = (state: string): number =>
    plan.metatiles.filter((metatile) => metatile.archived.state === state && !damaged.includes(metatile))
      .length;
  const { digests, ids, newest } = plan.scenes.summary();
  return describeStatistics({
    source: {
      kind: 'map',
      layer: 'classes',
      ...definition.key,
      version: engine.service.version(map),
      recipe: definition.mapDigest,
    },
    period: [definition.season.start, definition.season.end],
    bounds,
    tally,
    notComputed: missing,
    outside,
    metatiles: {
      all: plan.metatiles.length,
      final: count('final'),
      stale: count('stale'),
      empty: count('empty'),
      missing: count('missing') + damaged.length,
    },
    classes: engine.service.legend(map),
    card,
    scenes: { digests, count: ids.length, newest },
    attribution,
  });
}

async function ofBaseline(
  { engine, gate, deadline }: AreaDeps,
  { attribution, signal }: StatisticsAsk,
  year: number,
  { bounds, spans, whole }: Measured,
): Promise<AreaStatistics> {
  const found = await baselineOf(engine.baselines, year);
  const area = { window: spans.window, cut: cutOfSpans(spans), coverage: engine.coverage };
  const { tally, outside } = await gate.run(signal, () =>
    deadline.within(signal, (within) => countBaseline(engine.baselines, year, area, within)),
  );
  if (outside.pixels === whole.pixels) throw outsideCoverage(engine.coverage);
  return describeStatistics({
    source: { kind: 'baseline', baseline: 'dw', year, version: found.digest.slice(0, 8) },
    period: null,
    bounds,
    tally,
    notComputed: { pixels: 0, hectares: 0 },
    outside,
    metatiles: null,
    classes: DYNAMIC_WORLD.map(({ name, color }, id) => ({ id, name, color })),
    card: null,
    scenes: null,
    attribution: baselineCredits(attribution),
  });
}
