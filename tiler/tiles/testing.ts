import { digest } from '../../engine/digest.js';
import { GeoCropError } from '../../engine/errors.js';
import type { Raster } from '../../engine/raster.js';
import type { SceneList } from '../../engine/scenes/scene.js';
import type {
  LayerInfo,
  MapKey,
  PointAnswer,
  TileAddress,
  TileEvent,
  TileIdentity,
  TileService,
  TileState,
  TileTier,
  TileValues,
  TileWish,
} from './tile-service.js';

/** What tests change between requests. */
export interface FakeMap {
  state: TileState;
  tier: TileTier;
  closed: boolean;
  /** Stands for the scene list: another one, another identity. null: not looked up until values are made. */
  scenes: string | null;
  empty: boolean;
  /** Thrown by `values` in place of an answer. */
  error: Error | null;
  /** While set, `values` waits for it: hand-held, or for ever. */
  gate: Promise<void> | null;
}

/** Every call of `values`, with its signal, so that tests see who was aborted. */
export interface ValuesCall {
  readonly tile: TileAddress;
  readonly wish: TileWish;
}

export interface FakeTileService extends TileService {
  readonly map: FakeMap;
  readonly calls: { identify: number; point: number; readonly values: ValuesCall[]; closed: number };
  emit(event: TileEvent): void;
  listeners(): number;
}

const LAYERS: readonly LayerInfo[] = [
  { name: 'classes', kind: 'classes', title: 'Crops' },
  { name: 'confidence', kind: 'percent', title: 'Confidence' },
  { name: 'observations', kind: 'count', title: 'Observations' },
  { name: 'truecolor', kind: 'rgb', title: 'True colour' },
  { name: 'ndvi_peak', kind: 'feature', title: 'Peak NDVI' },
];

const LEGEND = [
  { id: 0, name: 'maize', color: '#e6c229' },
  { id: 1, name: 'tobacco', color: '#5b8c5a' },
  { id: 2, name: 'water', color: '#419bdf' },
] as const;

const NEWEST = new Date('2022-05-28T08:00:00Z');

/**
 * A map in memory: real rasters, no scenes. Values depend on the pixel's place, so that tiles differ. Coverage is the
 * northern half of the world's tiles; south of it tiles are empty.
 */
export function fakeTileService(changes: Partial<FakeMap> = {}): FakeTileService {
  const map: FakeMap = {
    state: 'final',
    tier: 'computed',
    closed: true,
    scenes: 'scenes-1',
    empty: false,
    error: null,
    gate: null,
    ...changes,
  };
  const calls: FakeTileService['calls'] = { identify: 0, point: 0, values: [], closed: 0 };
  const listeners = new Set<(event: TileEvent) => void>();

  return {
    map,
    calls,
    emit: (event) => listeners.forEach((listener) => listener(event)),
    listeners: () => listeners.size,
    resolveMap: ({ season = 'summer', year = 2021, model = 'Ensemble' }): MapKey => {
      known('unknown-season', season, ['summer', 'winter']);
      known('unknown-year', String(year), ['2020', '2021']);
      known('unknown-model', model, ['Ensemble', 'XGBoost']);
      return { season, year, model };
    },
    models: () => ['Ensemble', 'XGBoost'],
    years: () => [2020, 2021],
    seasons: () => ['summer', 'winter'],
    layers: () => LAYERS,
    legend: () => LEGEND,
    version: (key) => digest(key).slice(0, 8),
    bounds: () => [25, -22.5, 33.1, -15.6],
    computeMinZoom: () => 13,
    identify: async (key, layer, tile, signal): Promise<TileIdentity> => {
      signal?.throwIfAborted();
      calls.identify += 1;
      const keeps = map.scenes !== null && map.state !== 'partial' && map.state !== 'stale';
      return {
        digest: keeps ? digest({ key, layer, tile, scenes: map.scenes }) : null,
        closed: map.closed,
        lastModified: NEWEST,
        empty: map.empty,
      };
    },
    values: async (_key, layer, tile, wish): Promise<TileValues> => {
      calls.values.push({ tile, wish });
      wish.signal?.throwIfAborted();
      if (wish.mayCompute === false) throw new GeoCropError('not-computed', 'The tile is not archived.');
      if (map.gate !== null) await untilAborted(map.gate, wish.signal);
      if (map.error !== null) throw map.error;
      map.scenes ??= 'scenes-found';
      const kind = LAYERS.find((info) => info.name === layer)?.kind ?? 'feature';
      return {
        raster: fakeRaster(kind, tile, 256 * wish.scale),
        state: map.state,
        tier: map.tier,
        lastModified: NEWEST,
        timings: { read: 12.5, features: 3.25 },
      };
    },
    point: async (key, lon, lat, signal): Promise<PointAnswer> => {
      calls.point += 1;
      if (map.gate !== null) await untilAborted(map.gate, signal);
      if (map.error !== null) throw map.error;
      return fakePoint(key, lon, lat);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stats: () => ({ queued: 3, running: 1, memoryBytes: 4096 }),
    close: async () => {
      calls.closed += 1;
      map.error = new GeoCropError('shutting-down', 'The server is stopping.');
    },
  };
}

/** One of each kind; the first pixel has no value. @param side pixels */
export function fakeRaster(kind: LayerInfo['kind'], tile: TileAddress, side: number): Raster {
  const one = { bands: 1, width: side, height: side };
  const from = tile.x + 3 * tile.y;
  const bytes = (values: number, modulus: number): Uint8Array =>
    Uint8Array.from({ length: values }, (_, at) => ((at >> 5) + from) % modulus);
  switch (kind) {
    case 'classes':
    case 'percent': {
      const data = bytes(side * side, kind === 'classes' ? LEGEND.length : 101);
      data[0] = 255;
      return { ...one, data, nodata: 255 };
    }
    case 'count':
      return { ...one, data: bytes(side * side, 46), nodata: null };
    case 'feature': {
      const data = Float32Array.from({ length: side * side }, (_, at) => ((at >> 5) % 100) / 100);
      data[0] = Number.NaN;
      return { ...one, data, nodata: Number.NaN };
    }
    case 'rgb': {
      const mask = new Uint8Array(side * side).fill(255);
      mask[0] = 0;
      return { ...one, bands: 3, data: bytes(3 * side * side, 256), nodata: null, mask };
    }
  }
}

function fakePoint(map: MapKey, lon: number, lat: number): PointAnswer {
  const scenes: SceneList = {
    profile: 'test',
    season: map.season,
    year: map.year,
    metatile: { z: 12, x: 2389, y: 2244 },
    scenes: [],
    leftOut: [],
    lookedUpAt: NEWEST.toISOString(),
    digest: digest([]),
  };
  return {
    lon,
    lat,
    pixel: { x: 1, y: 2 },
    map,
    series: [
      { date: '2021-12-01', scene: 'S2A_1', reflectance: { red: 0.05, nir: 0.4 }, ndvi: 0.78, ndre: 0.5 },
    ],
    masked: [{ date: '2021-12-11', scene: 'S2A_2', reason: 'cloud' }],
    observations: 1,
    features: { ndvi_peak: null },
    class: { id: 0, name: 'maize', confidence: 91 },
    probabilities: { maize: 0.91, tobacco: 0.05, water: 0.04 },
    scenes,
  };
}

function known(
  code: 'unknown-season' | 'unknown-year' | 'unknown-model',
  name: string,
  names: string[],
): void {
  if (names.includes(name)) return;
  throw new GeoCropError(code, `There is no "${name}".`, { hint: `There are: ${names.join(', ')}.` });
}

/** The gate, or an AbortError as soon as the signal fires. */
async function untilAborted(gate: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return gate;
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    gate.then(resolve, reject);
  });
}
