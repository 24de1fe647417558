import { isGeoCropError } from '../../engine/errors.js';
import { areaContains } from '../../engine/geo/polygon.js';
import { projectPoint } from '../../engine/geo/project.js';
import { METATILE_SIZE, NATIVE_ZOOM, pixelCentreLonLat, type TileId } from '../../engine/geo/tile-matrix.js';
import { planSeason } from '../../engine/metatile/season-plan.js';
import { sourceAsset, type SourceAsset } from '../../engine/metatile/source-asset.js';
import type { AssetName, Scene, SceneList } from '../../engine/scenes/scene.js';
import type { CogReader } from '../../engine/windows/cog-reader.js';
import type { MapDefinition } from '../tiles/maps.js';
import type { SourceBlocks } from './source-blocks.js';

/** What the sources of one metatile weigh, told from the headers of some of its dates. */
export interface SourceSample {
  /** By the block's side in metres. */
  readonly blocks: ReadonlyMap<number, SourceBlocks>;
  readonly dates: number;
  /** False where nothing has to be fetched: every file lies on this machine. */
  readonly remote: boolean;
}

/** Dates whose headers are read: they weigh much alike. */
const DATES = 4;
/** Points along a side at which blocks are looked up. */
const POINTS = 16;

interface Point {
  readonly lon: number;
  readonly lat: number;
}

/**
 * Each block counts by its share of the metatile's ground. An upper bound: what clouds cover in whole is not read, and of a
 * scene that shows what another of its date shows, only where that one is cloudy. Headers are kept, and are needed for
 * computing. What cannot be read counts nothing. Throws aborted.
 */
export async function sampleSources(
  reader: Pick<CogReader, 'header'>,
  definition: MapDefinition,
  list: SceneList,
  hasScl: boolean,
  signal: AbortSignal,
): Promise<SourceSample> {
  const plan = planSeason(list, definition.season);
  const dates = spread(plan, DATES);
  const blocks = new Map<number, SourceBlocks>();
  const points = pointsOf(list.metatile);
  const names: AssetName[] = [...definition.pixels.bands, ...(hasScl ? (['scl'] as const) : [])];
  for (const scene of dates.flatMap(({ scenes }) => scenes)) {
    const shown = points.filter(({ lon, lat }) => areaContains(scene.geometry, lon, lat));
    const assets = await Promise.all(names.map((name) => openAsset(reader, scene, name, signal)));
    for (const asset of assets) {
      if (asset !== null) weigh(asset, shown, list.metatile, plan.length / dates.length, blocks);
    }
  }
  const remote = list.scenes.some(({ assets }) =>
    Object.values(assets).some(({ href }) => !href.startsWith('file:')),
  );
  return { blocks, dates: plan.length, remote };
}

/** The samples' mean. */
export function meanOfSamples(samples: readonly SourceSample[]): SourceBlocks[] {
  const sides = new Set(samples.flatMap(({ blocks }) => [...blocks.keys()]));
  return [...sides].map((metres) => {
    const found = samples.flatMap(({ blocks }) => blocks.get(metres) ?? []);
    const sum = (of: (source: SourceBlocks) => number): number =>
      found.reduce((total, source) => total + of(source), 0);
    return {
      bytes: sum(({ bytes }) => bytes) / samples.length,
      side: sum(({ side }) => side) / found.length,
    };
  });
}

async function openAsset(
  reader: Pick<CogReader, 'header'>,
  scene: Scene,
  name: AssetName,
  signal: AbortSignal,
): Promise<SourceAsset | null> {
  const asset = scene.assets[name];
  if (asset === undefined) return null;
  try {
    return sourceAsset(scene, asset, await reader.header(asset.href, signal));
  } catch (error) {
    signal.throwIfAborted();
    if (isGeoCropError(error)) return null;
    throw error;
  }
}

function weigh(
  { epsg, grid, level }: SourceAsset,
  points: readonly Point[],
  metatile: TileId,
  times: number,
  into: Map<number, SourceBlocks>,
): void {
  const cell = sideMetres(metatile, epsg);
  const metres = Math.sqrt(grid.blockWidth * grid.resX * grid.blockHeight * grid.resY);
  let bytes = 0;
  for (const { lon, lat } of points) {
    const [e, n] = projectPoint(epsg, lon, lat);
    const column = Math.floor((e - grid.x0) / grid.resX);
    const row = Math.floor((grid.y0 - n) / grid.resY);
    if (column < 0 || row < 0 || column >= grid.width || row >= grid.height) continue;
    const [x, y] = [Math.floor(column / grid.blockWidth), Math.floor(row / grid.blockHeight)];
    const width = Math.min(grid.blockWidth, grid.width - x * grid.blockWidth) * grid.resX;
    const height = Math.min(grid.blockHeight, grid.height - y * grid.blockHeight) * grid.resY;
    const share = (cell / POINTS) ** 2 / (width * height);
    bytes += share * (level.byteCounts[y * grid.blocksAcross + x] ?? 0);
  }
  const before = into.get(metres)?.bytes ?? 0;
  into.set(metres, { side: metres / cell, bytes: before + bytes * times });
}

function pointsOf(metatile: TileId): Point[] {
  return Array.from({ length: POINTS ** 2 }, (_, i) => {
    const at = (place: number): number => Math.floor(((place + 0.5) * METATILE_SIZE) / POINTS);
    const [lon, lat] = pixelCentreLonLat(
      NATIVE_ZOOM,
      metatile.x * METATILE_SIZE + at(i % POINTS),
      metatile.y * METATILE_SIZE + at(Math.floor(i / POINTS)),
    );
    return { lon, lat };
  });
}

/** Of the metatile's southern and western sides, on the ground. */
function sideMetres({ x, y }: TileId, epsg: number): number {
  const corner = (right: number, down: number): readonly [number, number] =>
    projectPoint(
      epsg,
      ...pixelCentreLonLat(NATIVE_ZOOM, (x + right) * METATILE_SIZE, (y + down) * METATILE_SIZE),
    );
  const [origin, east, north] = [corner(0, 1), corner(1, 1), corner(0, 0)];
  const distance = (to: readonly [number, number]): number =>
    Math.hypot(to[0] - origin[0], to[1] - origin[1]);
  return Math.sqrt(distance(east) * distance(north));
}

/** So many of them, spread evenly; all where there are fewer. */
export function spread<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all];
  return Array.from({ length: count }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / count)] as T);
}
