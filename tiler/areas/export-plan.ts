import type { Archive } from '../../cache/archive.js';
import { SceneTally } from '../../engine/encode/scene-tally.js';
import { GeoCropError } from '../../engine/errors.js';
import type { Coverage } from '../../engine/geo/coverage.js';
import type { PixelCut, PixelWindow } from '../../engine/geo/pixel-cut.js';
import {
  METATILE_SIZE,
  METATILE_ZOOM,
  NATIVE_ZOOM,
  TILE_SIZE,
  tileBoundsLonLat,
  type TileId,
} from '../../engine/geo/tile-matrix.js';
import { mapBounded } from '../../engine/map-bounded.js';
import type { MapDefinition } from '../tiles/maps.js';
import type { SceneLists } from '../tiles/scene-lists.js';
import { recipeOf } from '../tiles/tile-identity.js';
import type { LayerInfo } from '../tiles/tile-service.js';

export interface ExportSources {
  readonly sceneLists: Pick<SceneLists, 'kept'>;
  readonly archive: Pick<Archive, 'has' | 'current' | 'productBytes'>;
  readonly coverage: Pick<Coverage, 'meetsBox'>;
}

/**
 * What a metatile has to give. `final`: of the scenes that its list names; `stale`: of those it named before, as the server shows it
 * meanwhile; `empty`: the season has no scenes there; `missing`: it was not computed, or not this product of it.
 */
export type ArchivedState =
  | { readonly state: 'final' | 'stale'; readonly scenes: string; readonly bytes: number }
  | { readonly state: 'empty' | 'missing' };

export interface PlannedMetatile {
  readonly tile: TileId;
  /** Pixels of the area in it. */
  readonly pixels: number;
  readonly archived: ArchivedState;
}

/** What is exported, and where it comes from: plain data, before a pixel is read. */
export interface ExportPlan {
  readonly window: PixelWindow;
  readonly cut: PixelCut;
  /** Those with pixels of the area, from north to south and west to east. */
  readonly metatiles: readonly PlannedMetatile[];
  /** Pixels of the area in a native tile; 0 where the tile lies outside the area or the coverage. */
  readonly pixelsOf: (x: number, y: number) => number;
  /** Native tiles with pixels of the area. */
  readonly tiles: number;
  /** Bytes that the file will take, by what is archived. */
  readonly estimate: number;
  /** Scenes of what is there. */
  readonly scenes: SceneTally;
}

/** Metatiles that are asked after at once: an object store's answers take their time. */
const LOOKS_AT_ONCE = 16;

/**
 * Looks at the archive, and only there: nothing is computed or looked up.
 * @throws outside-coverage where no pixel of the area lies in the coverage, aborted, and what the store throws
 */
export async function planExport(
  sources: ExportSources,
  request: {
    readonly definition: MapDefinition;
    readonly layer: LayerInfo;
    readonly window: PixelWindow;
    readonly cut: PixelCut;
    readonly signal?: AbortSignal;
    readonly onProgress?: (done: number, total: number) => void;
  },
): Promise<ExportPlan> {
  const { window, cut, signal } = request;
  const counts = countPixels(window, cut, sources.coverage);
  const wanted = metatilesOf(counts);
  if (wanted.length === 0) {
    throw new GeoCropError('outside-coverage', 'No pixel of the area lies inside the coverage.', {
      hint: 'Longitude comes first. `--coverage` says where there are maps.',
    });
  }
  const scenes = new SceneTally();
  let done = 0;
  const metatiles = await mapBounded(wanted, LOOKS_AT_ONCE, async (metatile) => {
    signal?.throwIfAborted();
    const archived = await lookAt(sources, request.definition, request.layer, metatile.tile, scenes);
    request.onProgress?.((done += 1), wanted.length);
    return { ...metatile, archived };
  });
  return {
    window,
    cut,
    metatiles,
    pixelsOf: counts.of,
    tiles: counts.tiles,
    estimate: metatiles.reduce(
      (sum, { archived, pixels }) =>
        'bytes' in archived ? sum + (archived.bytes * pixels) / METATILE_SIZE ** 2 : sum,
      0,
    ),
    scenes,
  };
}

interface Counts {
  readonly of: (x: number, y: number) => number;
  readonly tiles: number;
  readonly left: number;
  readonly top: number;
  readonly across: number;
  readonly down: number;
}

/** By native tile: 4 bytes each, 400 KB for Zimbabwe. */
function countPixels(
  { x, y, width, height }: PixelWindow,
  cut: PixelCut,
  coverage: Pick<Coverage, 'meetsBox'>,
): Counts {
  const left = Math.floor(x / TILE_SIZE);
  const top = Math.floor(y / TILE_SIZE);
  const across = Math.floor((x + width - 1) / TILE_SIZE) - left + 1;
  const down = Math.floor((y + height - 1) / TILE_SIZE) - top + 1;
  const counts = new Uint32Array(across * down);
  for (let row = y; row < y + height; row += 1) {
    const at = (Math.floor(row / TILE_SIZE) - top) * across - left;
    for (const [from, to] of cut.spans(row)) {
      for (let px = from; px < to;) {
        const column = Math.floor(px / TILE_SIZE);
        const end = Math.min(to, (column + 1) * TILE_SIZE);
        counts[at + column] = (counts[at + column] as number) + end - px;
        px = end;
      }
    }
  }
  let tiles = 0;
  for (let i = 0; i < counts.length; i += 1) {
    if (counts[i] === 0) continue;
    const tile = { z: NATIVE_ZOOM, x: left + (i % across), y: top + Math.floor(i / across) };
    if (coverage.meetsBox(tileBoundsLonLat(tile))) tiles += 1;
    else counts[i] = 0;
  }
  const of = (tx: number, ty: number): number => {
    const [column, line] = [tx - left, ty - top];
    if (column < 0 || column >= across || line < 0 || line >= down) return 0;
    return counts[line * across + column] as number;
  };
  return { of, tiles, left, top, across, down };
}

function metatilesOf({ of, left, top, across, down }: Counts): Omit<PlannedMetatile, 'archived'>[] {
  const side = METATILE_SIZE / TILE_SIZE;
  const found: Omit<PlannedMetatile, 'archived'>[] = [];
  for (let y = Math.floor(top / side); y * side < top + down; y += 1) {
    for (let x = Math.floor(left / side); x * side < left + across; x += 1) {
      let pixels = 0;
      for (let i = 0; i < side * side; i += 1)
        pixels += of(x * side + (i % side), y * side + Math.floor(i / side));
      if (pixels > 0) found.push({ tile: { z: METATILE_ZOOM, x, y }, pixels });
    }
  }
  return found;
}

/** As the server chooses: the list's own scenes, else those of before. */
async function lookAt(
  { sceneLists, archive }: ExportSources,
  definition: MapDefinition,
  layer: LayerInfo,
  metatile: TileId,
  tally: SceneTally,
): Promise<ArchivedState> {
  const recipe = recipeOf(definition, layer);
  const { seasonKey } = definition;
  const list = (await sceneLists.kept(definition, metatile))?.list;
  if (list?.scenes.length === 0) return { state: 'empty' };
  if (list !== undefined) {
    const bytes = await archive.productBytes(recipe, seasonKey, metatile, list.digest, layer.name);
    if (bytes !== undefined) {
      tally.add(list);
      return { state: 'final', scenes: list.digest, bytes };
    }
  }
  const current = await archive.current(recipe, seasonKey, metatile);
  if (current === undefined || current.scenes === list?.digest) return { state: 'missing' };
  const bytes = await archive.productBytes(recipe, seasonKey, metatile, current.scenes, layer.name);
  if (bytes === undefined) return { state: 'missing' };
  tally.addItem(current.item);
  return { state: 'stale', scenes: current.scenes, bytes };
}
