import { isGeoCropError } from '../../engine/errors.js';
import { TILE_SIZE, pixelCentreLonLat } from '../../engine/geo/tile-matrix.js';
import type { Raster } from '../../engine/raster.js';
import { sentenceCase } from '../legend/words.js';
import { featureStyle } from '../render/feature-style.js';
import type { BaselineTiles } from '../tiles/baseline-tiles.js';
import type { LayerInfo, MapKey, TileAddress, TileService, TileState } from '../tiles/tile-service.js';

/** What a pixel is, for people and programs. */
export interface PixelInfo {
  /** Its centre, degrees. */
  readonly lon: number;
  readonly lat: number;
  /** Flat, so that it can be shown as a table; in the order in which people want to know. */
  readonly properties: Readonly<Record<string, string | number>>;
  /** True where the same question will have the same answer for now. */
  readonly settled: boolean;
}

/** Where a pixel lies: a tile, and column and row in it, 0 to 255. */
export interface PixelPlace {
  readonly tile: TileAddress;
  readonly i: number;
  readonly j: number;
}

export interface InfoPatience {
  /** null: only what is there; nothing is computed. Else milliseconds that computing is waited for. */
  readonly waitMs: number | null;
  /** Whether who asks may have something computed. */
  readonly mayCompute: boolean;
  readonly signal: AbortSignal;
}

/** A map's pixel: its value, or class and confidence; else why there is none. */
export async function mapPixel(
  service: TileService,
  map: MapKey,
  layer: LayerInfo,
  place: PixelPlace,
  patience: InfoPatience,
): Promise<PixelInfo> {
  const names = { season: map.season, year: map.year, model: map.model };
  const read = async (name: string): Promise<{ raster: Raster; state: TileState }> =>
    service.values(map, name, place.tile, {
      scale: 1,
      waitMs: patience.waitMs ?? 0,
      mayCompute: patience.waitMs !== null && patience.mayCompute,
      signal: patience.signal,
    });
  try {
    const { raster, state } = await read(layer.name);
    const value = valueAt(raster, place);
    const found = value === null ? nothing(state) : await describe(value);
    return answer(place, { ...found, ...names, state }, state === 'final');

    async function describe(numbers: readonly number[]): Promise<Record<string, string | number>> {
      const [first = Number.NaN] = numbers;
      switch (layer.kind) {
        case 'classes': {
          const sure = service.layers(map).find(({ kind }) => kind === 'percent');
          const confidence =
            sure === undefined ? null : (valueAt((await read(sure.name)).raster, place)?.[0] ?? null);
          const name = service.legend(map).find(({ id }) => id === first)?.name ?? '';
          return {
            class: sentenceCase(name),
            class_id: first,
            ...(confidence === null ? {} : { confidence_percent: confidence }),
          };
        }
        case 'percent':
          return { confidence_percent: first };
        case 'count':
          return { observations: first };
        case 'rgb':
          return { red: first, green: numbers[1] ?? 0, blue: numbers[2] ?? 0 };
        case 'feature': {
          const { unit } = featureStyle(layer.name);
          return { [layer.name]: Number(first.toPrecision(6)), ...(unit === null ? {} : { unit }) };
        }
      }
    }
  } catch (error) {
    if (isGeoCropError(error, 'not-computed') && patience.waitMs === null) {
      const message =
        'Not kept in the archive yet. Look at the map here first; or ask with wait=50, which has it computed.';
      return answer(place, { message, ...names, state: 'not-computed' }, false);
    }
    if (isGeoCropError(error, 'no-scenes', 'outside-coverage')) {
      return answer(place, { message: 'Nothing is mapped here.', ...names, state: 'final' }, true);
    }
    throw error;
  }
}

/** A pixel of Dynamic World. @param classes names by id */
export async function baselinePixel(
  baselines: BaselineTiles,
  year: number,
  classes: readonly string[],
  place: PixelPlace,
  signal: AbortSignal,
): Promise<PixelInfo> {
  const raster = await baselines.tile(year, place.tile, { signal });
  const [id] = (raster === null ? null : valueAt(raster, place)) ?? [];
  const found =
    id === undefined ? nothing('final') : { class: sentenceCase(classes[id] ?? ''), class_id: id };
  return answer(place, { ...found, year }, true);
}

function answer(
  { tile, i, j }: PixelPlace,
  properties: Readonly<Record<string, string | number>>,
  settled: boolean,
): PixelInfo {
  const [lon, lat] = pixelCentreLonLat(tile.z, tile.x * TILE_SIZE + i, tile.y * TILE_SIZE + j);
  return { lon, lat, properties, settled };
}

function nothing(state: TileState): Record<string, string> {
  return {
    message:
      state === 'partial'
        ? 'No value here: not, or not all of it, is computed yet.'
        : 'No value here: nothing is mapped, or too few clear days.',
  };
}

/** The bands' values; null where there is no data. */
function valueAt(
  { data, bands, width, height, nodata, mask }: Raster,
  { i, j }: PixelPlace,
): number[] | null {
  const at = j * width + i;
  if (mask !== undefined && mask[at] === 0) return null;
  const values = Array.from({ length: bands }, (_, band) => data[band * width * height + at] as number);
  const [first = Number.NaN] = values;
  return Number.isNaN(first) || first === nodata ? null : values;
}
