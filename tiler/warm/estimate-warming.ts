import type { Archive } from '../../cache/archive.js';
import type { ObjectStore } from '../../cache/object-store.js';
import type { StacItem } from '../../engine/encode/stac-item.js';
import { areaMeetsBox } from '../../engine/geo/polygon.js';
import { tileBoundsLonLat, type TileId } from '../../engine/geo/tile-matrix.js';
import type { Scene, SceneList } from '../../engine/scenes/scene.js';
import type { CogReader } from '../../engine/windows/cog-reader.js';
import type { MapDefinition } from '../tiles/maps.js';
import { planWalk, type Walk } from './plan-warming.js';
import { presenceOf, type PresenceDeps } from './presence.js';
import { meanOfSamples, sampleSources, spread, type SourceSample } from './sample-sources.js';
import { bytesOfMetatiles } from './source-blocks.js';
import { readRecord, type WarmingRecord } from './warming-record.js';

export interface EstimateDeps extends PresenceDeps {
  readonly archive: Pick<Archive, 'has' | 'current'>;
  readonly store: Pick<ObjectStore, 'get'>;
  readonly reader: Pick<CogReader, 'header'>;
  readonly hasScl: boolean;
  /** Compute threads of this process; null where others compute. */
  readonly threads: number | null;
  /** Of source blocks; Infinity where nothing limits it. */
  readonly cacheBytes: number;
  /** Of the archive; Infinity where nothing limits it. */
  readonly archiveBytes: number;
  /** Processes that work at once. */
  readonly lanes: number;
}

/** How a number of an estimate came about. */
export type Basis =
  | 'known'
  /** By the last warming of this map, or by what is archived of it. */
  | 'measured'
  /** From some metatiles spread over the area. */
  | 'sampled'
  /** From constants: docs/operator.md, docs/benchmarks.md. */
  | 'guessed';

export interface Figure {
  readonly value: number;
  readonly basis: Basis;
}

export interface WarmingEstimate {
  readonly metatiles: number;
  readonly there: number;
  /** Without a scene in the season. */
  readonly empty: number;
  readonly toDo: number;
  readonly scenes: Figure;
  readonly fetchBytes: Figure;
  /** False: every source lies on this machine, and is read there. */
  readonly remote: boolean;
  readonly keptBytes: Figure;
  readonly seconds: Figure;
  /** What is to be computed, in order. */
  readonly walk: Walk;
  readonly cacheBytes: number;
  readonly archiveBytes: number;
  /** Metatiles that were looked at more closely. */
  readonly sampled: number;
}

/** Metatiles that are looked at closely: each asks the catalogue once, where it was never asked. */
const SAMPLES = 5;
/** Metatiles of the archive whose sizes are read. */
const SIZES = 20;
/** Metatiles that are looked up in the store at once. */
const AT_ONCE = 16;

/** Upper end of what metatiles were measured to take: docs/operator.md, "Disk". */
const KEPT_BYTES = 3.8e6;
/** CPU of one cold metatile, all threads, at so many dates: docs/benchmarks.md, "Cold, 45 dates, from disk". */
const CPU_SECONDS = 19.5;
const CPU_DATES = 45;
/** Bytes a second of a line of 100 Mbit/s, on which docs/benchmarks.md, "behind 150 ms and 100 Mbit/s", found a metatile to take as long as its bytes do. */
const LINE = 100e6 / 8;

/**
 * What warming would take, before anything is computed. The catalogue is asked for at most {@link SAMPLES} metatiles, whose
 * scene lists and headers are kept.
 * @param onSample called with the metatiles that were looked at. Throws stac-…, store-…, aborted
 */
export async function estimateWarming(
  deps: EstimateDeps,
  definition: MapDefinition,
  metatiles: readonly TileId[],
  signal: AbortSignal,
  onSample: (done: number, total: number) => void = () => undefined,
): Promise<WarmingEstimate> {
  const there: TileId[] = [];
  const toDo: TileId[] = [];
  const known = new Map<TileId, readonly string[]>();
  let empty = 0;
  await eachAtOnce(metatiles, AT_ONCE, async (metatile) => {
    signal.throwIfAborted();
    const { presence, list } = await presenceOf(deps, definition, metatile);
    if (presence === 'empty') empty += 1;
    else if (presence === 'there') there.push(metatile);
    else toDo.push(metatile);
    if (list !== undefined && presence === 'missing') known.set(metatile, list.scenes.map(({ id }) => id)); // prettier-ignore
  });
  toDo.sort((a, b) => a.y - b.y || a.x - b.x);

  const chosen = spread(toDo, SAMPLES);
  const lists: SceneList[] = [];
  const samples: SourceSample[] = [];
  for (const [done, metatile] of chosen.entries()) {
    onSample(done, chosen.length);
    const list = await deps.sceneLists.get(definition, metatile, signal);
    lists.push(list);
    samples.push(await sampleSources(deps.reader, definition, list, deps.hasScl, signal));
  }
  if (chosen.length > 0) onSample(chosen.length, chosen.length);

  const sources = meanOfSamples(samples);
  const walk = planWalk(toDo, { sources, cacheBytes: deps.cacheBytes, lanes: deps.lanes });
  const remote = samples.some((sample) => sample.remote);
  const record = await readRecord(deps.store, definition);
  const fetchBytes = fetchFigure(
    record,
    toDo.length,
    bytesOfMetatiles(sources, toDo) + walk.twiceBytes,
    remote,
  );
  return {
    metatiles: metatiles.length,
    there: there.length,
    empty,
    toDo: toDo.length,
    scenes: scenesFigure(known, chosen, lists, toDo),
    fetchBytes,
    remote,
    keptBytes: await keptFigure(deps.archive, definition, there, toDo.length),
    seconds: secondsFigure(record, deps.threads, toDo.length, {
      dates: samples.reduce((sum, { dates }) => sum + dates, 0) / Math.max(1, samples.length),
      fetchBytes: remote ? fetchBytes.value : 0,
    }),
    walk,
    cacheBytes: deps.cacheBytes,
    archiveBytes: deps.archiveBytes,
    sampled: chosen.length,
  };
}

/** @param known scenes of metatiles whose lists are kept @param lists of the chosen metatiles */
function scenesFigure(
  known: ReadonlyMap<TileId, readonly string[]>,
  chosen: readonly TileId[],
  lists: readonly SceneList[],
  toDo: readonly TileId[],
): Figure {
  const all = new Map(known);
  for (const [at, metatile] of chosen.entries()) all.set(metatile, (lists[at]?.scenes ?? []).map(({ id }) => id)); // prettier-ignore
  return all.size === toDo.length
    ? { value: new Set([...all.values()].flat()).size, basis: 'known' }
    : { value: distinctScenes(lists, toDo), basis: 'sampled' };
}

/**
 * Distinct scenes over all metatiles from those of some: a scene that n metatiles see is counted by each of them as 1 / n
 * (Horvitz and Thompson 1952).
 */
function distinctScenes(lists: readonly SceneList[], metatiles: readonly TileId[]): number {
  const boxes = metatiles.map(tileBoundsLonLat);
  const seenBy = new Map<string, number>();
  const metatilesOf = ({ id, geometry }: Scene): number => {
    const count = seenBy.get(id) ?? boxes.filter((box) => areaMeetsBox(geometry, box)).length;
    seenBy.set(id, count);
    return Math.max(1, count);
  };
  const parts = lists.map(({ scenes }) => scenes.reduce((sum, scene) => sum + 1 / metatilesOf(scene), 0));
  const mean = parts.reduce((sum, part) => sum + part, 0) / Math.max(1, parts.length);
  return Math.round(mean * metatiles.length);
}

function fetchFigure(
  record: WarmingRecord | undefined,
  toDo: number,
  sampledBytes: number,
  remote: boolean,
): Figure {
  const measured = record?.fetchedBytes ?? null;
  if (remote && record !== undefined && measured !== null) {
    return { value: (measured / record.metatiles) * toDo, basis: 'measured' };
  }
  return { value: sampledBytes, basis: 'sampled' };
}

/** From the sizes that items of this map tell. */
async function keptFigure(
  archive: EstimateDeps['archive'],
  { mapDigest, pixelsDigest, seasonKey }: MapDefinition,
  there: readonly TileId[],
  toDo: number,
): Promise<Figure> {
  const sizes: number[] = [];
  await eachAtOnce(spread(there, SIZES), AT_ONCE, async (metatile) => {
    const found = await Promise.all(
      [...new Set([mapDigest, pixelsDigest])].map((recipe) => archive.current(recipe, seasonKey, metatile)),
    );
    const items = found.flatMap((current) => (current === undefined ? [] : [current.item]));
    if (items.length > 0) sizes.push(items.reduce((sum, item) => sum + sizeOf(item), 0));
  });
  if (sizes.length === 0) return { value: KEPT_BYTES * toDo, basis: 'guessed' };
  return { value: (sizes.reduce((sum, size) => sum + size, 0) / sizes.length) * toDo, basis: 'measured' };
}

/** The products and the item itself. */
function sizeOf(item: StacItem): number {
  return Object.values(item.assets).reduce(
    (sum, asset) => sum + (typeof asset['file:size'] === 'number' ? asset['file:size'] : 0),
    Buffer.byteLength(JSON.stringify(item)),
  );
}

function secondsFigure(
  record: WarmingRecord | undefined,
  threads: number | null,
  toDo: number,
  { dates, fetchBytes }: { readonly dates: number; readonly fetchBytes: number },
): Figure {
  if (record !== undefined && record.threads === threads) {
    return { value: (record.seconds / record.metatiles) * toDo, basis: 'measured' };
  }
  // Reading and computing go on side by side.
  const cpu = (CPU_SECONDS * toDo * dates) / CPU_DATES / (threads ?? 1);
  return { value: Math.max(cpu, fetchBytes / LINE), basis: 'guessed' };
}

async function eachAtOnce<T>(
  all: readonly T[],
  atOnce: number,
  use: (one: T) => Promise<void>,
): Promise<void> {
  const waiting = [...all].reverse();
  const line = async (): Promise<void> => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      await use(one).catch((error: unknown) => {
        waiting.length = 0;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, line));
}
