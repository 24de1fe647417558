import { lonLatToPixel, METATILE_SIZE, METATILE_ZOOM, NATIVE_ZOOM } from '../../engine/geo/tile-matrix.js';
import { computePoint, type PointResult } from '../../engine/metatile/compute-points.js';
import type { ComputeDeps } from '../../engine/metatile/season-reader.js';
import { FEATURE_ORDER_V1 } from '../../engine/pixels/feature-order.js';
import type { Band, SceneList } from '../../engine/scenes/scene.js';
import type { ReadBaseline } from './baseline-feature.js';
import { checkRead } from './check-read.js';
import type { MapDefinition } from './maps.js';
import type { SceneLists } from './scene-lists.js';
import type { PointAnswer } from './tile-service.js';

export interface PointReaderOptions {
  /** With an arena of its own: a point is answered while a metatile is computed. */
  readonly compute: ComputeDeps;
  readonly sceneLists: SceneLists;
  readonly hasScl: boolean;
  readonly baseline: ReadBaseline;
}

/** Everything that is known of one map pixel, one point after another. */
export class PointReader {
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: PointReaderOptions) {}

  async read(
    definition: MapDefinition,
    lon: number,
    lat: number,
    signal?: AbortSignal,
  ): Promise<PointAnswer> {
    const pixel = lonLatToPixel(NATIVE_ZOOM, lon, lat);
    const metatile = {
      z: METATILE_ZOOM,
      x: Math.floor(pixel.x / METATILE_SIZE),
      y: Math.floor(pixel.y / METATILE_SIZE),
    };
    const list = await this.options.sceneLists.get(definition, metatile, signal);
    checkRead(list, [], 'Ask again later.');
    const turn = this.#turn.then(() => this.#compute(definition, list, pixel, signal));
    this.#turn = turn.catch(() => undefined);
    return pointAnswer(definition, list, { lon, lat, pixel }, await turn);
  }

  async #compute(
    { season, pixels, bundle, baseline }: MapDefinition,
    list: SceneList,
    pixel: { x: number; y: number },
    signal?: AbortSignal,
  ): Promise<PointResult> {
    signal?.throwIfAborted();
    const { compute, hasScl, baseline: read } = this.options;
    try {
      const result = await computePoint(
        compute,
        {
          list,
          season,
          bands: pixels.bands,
          cloudBufferPixels: hasScl ? pixels.cloudBufferPixels : null,
          bundle,
          ...(baseline === null ? {} : { dwClass: (target) => read(target, baseline, signal) }),
        },
        pixel.x,
        pixel.y,
        signal,
      );
      checkRead(list, result.faults, 'Ask again later.');
      return result;
    } finally {
      compute.arena.reset();
    }
  }
}

function pointAnswer(
  { key, bundle }: MapDefinition,
  list: SceneList,
  place: Pick<PointAnswer, 'lon' | 'lat' | 'pixel'>,
  result: PointResult,
): PointAnswer {
  const percentOf = (id: number): number => (result.percent?.[id] ?? 0) / 100;
  return {
    ...place,
    map: key,
    observations: result.observations,
    series: result.series.map(({ date, scene, reflectance }) => ({
      date,
      scene,
      reflectance,
      ndvi: normalizedDifference(reflectance, 'nir', 'red'),
      ndre: normalizedDifference(reflectance, 'nir', 'rededge1'),
    })),
    masked: result.masked,
    features: Object.fromEntries(
      FEATURE_ORDER_V1.map((name, feature) => {
        const value = result.features[feature] ?? NaN;
        return [name, Number.isNaN(value) ? null : value];
      }),
    ),
    class: result.class === null ? null : { ...result.class, name: bundle?.classes[result.class.id] ?? '' },
    probabilities:
      result.percent === null || bundle === null
        ? null
        : Object.fromEntries(bundle.classes.map((name, id) => [name, percentOf(id)])),
    scenes: list,
  };
}

/** (a − b) / (a + b); null where the collection lacks a band. */
function normalizedDifference(
  reflectance: Partial<Record<Band, number>>,
  first: Band,
  second: Band,
): number | null {
  const a = reflectance[first];
  const b = reflectance[second];
  return a === undefined || b === undefined ? null : (a - b) / (a + b);
}
