import { DW_CLASS_FEATURE } from '../../engine/classes/bundle.js';
import { GeoCropError } from '../../engine/errors.js';
import type { Coverage } from '../../engine/geo/coverage.js';
import {
  lonLatToPixel,
  METATILE_SIZE,
  METATILE_ZOOM,
  NATIVE_ZOOM,
  type TileId,
} from '../../engine/geo/tile-matrix.js';
import { computePixels } from '../../engine/metatile/compute-points.js';
import type { ComputeDeps } from '../../engine/metatile/season-reader.js';
import { FEATURE_ORDER_V1 } from '../../engine/pixels/feature-order.js';
import type { SceneList } from '../../engine/scenes/scene.js';
import type { BaselineFeature } from '../tiles/baseline-feature.js';
import { checkRead } from '../tiles/check-read.js';
import { noScenesMessage } from '../../engine/scenes/scene-list.js';
import { NO_MODEL, type MapDefinition, type Maps } from '../tiles/maps.js';
import type { SceneLists } from '../tiles/scene-lists.js';
import type { LabelledPoint } from './labelled-points.js';

export interface SampleOptions {
  readonly maps: Maps;
  readonly sceneLists: SceneLists;
  readonly compute: ComputeDeps;
  readonly coverage: Coverage;
  readonly hasScl: boolean;
  readonly season: string | undefined;
  /** Where given, rows have the Dynamic World class too, for models that use `dw_class`. */
  readonly baseline?: Pick<BaselineFeature, 'digest' | 'read'>;
  readonly signal?: AbortSignal;
  /** Told of each metatile without a scene: its points' features are empty. */
  readonly onNoScenes?: (message: string) => void;
  readonly onProgress?: (done: number, total: number) => void;
}

const NO_TABLE = 'No table was written. Try again; what was read is kept.';

export const SAMPLE_COLUMNS = [
  'id',
  'lon',
  'lat',
  'label',
  'field',
  'year',
  'n_obs',
  'recipe',
  'scenes',
] as const;

/** A row of the training table. */
export interface SampleRow {
  readonly point: LabelledPoint;
  readonly observations: number;
  /** Digests of the pixels recipe and of the scene list. */
  readonly recipe: string;
  readonly scenes: string;
  /** f32[51]; NaN where nodata or where the collection lacks a band. */
  readonly features: Float32Array;
  /** Dynamic World class, −1 where there is none, where it was asked for. */
  readonly dwClass?: number;
}

interface Group {
  readonly definition: MapDefinition;
  readonly metatile: TileId;
  readonly members: { readonly place: number; readonly x: number; readonly y: number }[];
}

/**
 * The 51 features at labelled points, by the code that serves them: rows in the order of the points.
 * @throws outside-coverage, unknown-year, stac-…; source-… where a scene cannot be read: a table is whole or not at all
 */
export async function samplePoints(
  points: readonly LabelledPoint[],
  options: SampleOptions,
): Promise<SampleRow[]> {
  const rows = new Map<number, SampleRow>();
  let done = 0;
  for (const { definition, metatile, members } of groupByMetatile(points, options)) {
    options.signal?.throwIfAborted();
    const list = await options.sceneLists.get(definition, metatile, options.signal);
    if (list.scenes.length === 0) options.onNoScenes?.(noScenesMessage(list, definition.season));
    const result = await compute(options, definition, list, members);
    const dwClass = await baselineAt(options, definition.key.year, members);
    members.forEach(({ place }, i) => {
      const pixel = result.pixels[i];
      const point = points[place];
      if (pixel === undefined || point === undefined) throw new RangeError(`point ${place}`);
      rows.set(place, {
        point,
        ...pixel,
        recipe: definition.pixelsDigest,
        scenes: list.digest,
        ...(dwClass === null ? {} : { dwClass: dwClass[i] ?? -1 }),
      });
    });
    done += members.length;
    options.onProgress?.(done, points.length);
  }
  return points.map((_, place) => {
    const row = rows.get(place);
    if (row === undefined) throw new RangeError(`point ${place} has no row`);
    return row;
  });
}

async function compute(
  options: SampleOptions,
  { season, pixels }: MapDefinition,
  list: SceneList,
  members: Group['members'],
): ReturnType<typeof computePixels> {
  checkRead(list, [], NO_TABLE);
  try {
    const result = await computePixels(
      options.compute,
      {
        list,
        season,
        bands: pixels.bands,
        cloudBufferPixels: options.hasScl ? pixels.cloudBufferPixels : null,
      },
      Int32Array.from(members, ({ x }) => x),
      Int32Array.from(members, ({ y }) => y),
      options.signal,
    );
    checkRead(list, result.faults, NO_TABLE);
    return result;
  } finally {
    options.compute.arena.reset();
  }
}

async function baselineAt(
  { baseline, signal }: SampleOptions,
  year: number,
  members: Group['members'],
): Promise<Int8Array | null> {
  if (baseline === undefined) return null;
  const px = Int32Array.from(members, ({ x }) => x);
  const py = Int32Array.from(members, ({ y }) => y);
  return baseline.read({ kind: 'list', px, py }, { year, digest: baseline.digest(year) }, signal);
}

function groupByMetatile(points: readonly LabelledPoint[], options: SampleOptions): Group[] {
  const groups = new Map<string, Group>();
  points.forEach((point, place) => {
    if (!options.coverage.contains(point.lon, point.lat)) {
      throw new GeoCropError(
        'outside-coverage',
        `Point ${point.id} (${point.lon}, ${point.lat}) lies outside the coverage.`,
        {
          hint: 'Longitude first; coverage can be set with --coverage.',
        },
      );
    }
    const { x, y } = lonLatToPixel(NATIVE_ZOOM, point.lon, point.lat);
    const metatile = { z: METATILE_ZOOM, x: Math.floor(x / METATILE_SIZE), y: Math.floor(y / METATILE_SIZE) };
    const key = `${point.year}/${metatile.x}/${metatile.y}`;
    const season = options.season === undefined ? {} : { season: options.season };
    const group = groups.get(key) ?? {
      definition: options.maps.definition(
        options.maps.resolve({ ...season, year: point.year, model: NO_MODEL }),
      ),
      metatile,
      members: [],
    };
    group.members.push({ place, x, y });
    groups.set(key, group);
  });
  return [...groups.values()];
}

/** The table as CSV, RFC 4180: float32 values in the shortest form that gives them back, nodata empty. */
export function sampleCsv(rows: readonly SampleRow[]): string {
  const withBaseline = rows.some(({ dwClass }) => dwClass !== undefined);
  const lines = rows.map(({ point, observations, recipe, scenes, features, dwClass }) =>
    [
      point.id,
      point.lon,
      point.lat,
      point.label,
      point.field,
      point.year,
      observations,
      recipe,
      scenes,
      ...Array.from(features, (value) => (Number.isNaN(value) ? '' : value)),
      ...(withBaseline ? [dwClass ?? -1] : []),
    ]
      .map(csvField)
      .join(','),
  );
  const columns = [...SAMPLE_COLUMNS, ...FEATURE_ORDER_V1, ...(withBaseline ? [DW_CLASS_FEATURE] : [])];
  return [columns.join(','), ...lines, ''].join('\n');
}

function csvField(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
