import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GdalItem } from '../../engine/encode/gdal-metadata.js';
import { shortDigest } from '../../engine/digest.js';
import { GeoCropError } from '../../engine/errors.js';
import { wholeCut, type PixelWindow } from '../../engine/geo/pixel-cut.js';
import type { Bounds } from '../../engine/geo/tile-matrix.js';
import { isClosed } from '../../engine/season.js';
import type { MapDefinition } from '../tiles/maps.js';
import { recipeOf } from '../tiles/tile-identity.js';
import type { LayerInfo } from '../tiles/tile-service.js';
import type { BoxAsk, PlannedBox, WrittenBox } from './area-service.js';
import { windowOf } from './area-window.js';
import { exportArea } from './export-area.js';
import type { ExportPlan } from './export-plan.js';
import { planArea } from './fill-area.js';
import { checkSpace, freeBytes } from './free-space.js';
import type { AreaDeps } from './open-area-service.js';

/** Metres of a pixel, as people say it. */
const PIXEL_METRES = 9;

/** What a box of a layer would be as a file; nothing is written before that is asked for. `AreaService.box`. */
export async function planBox(deps: AreaDeps, ask: BoxAsk): Promise<PlannedBox> {
  const { engine, limits } = deps;
  const { bounds, compute, signal } = ask;
  const definition = engine.maps.definition(ask.map);
  const layer = engine.maps.layer(ask.map, ask.layer);
  const window = windowOf(bounds);
  checkSize(window, limits.pixels);
  const cut = wholeCut(window);
  const plan = await planArea(deps, { definition, layer, window, cut, compute, signal });
  const states = plan.metatiles.map(({ archived }) => archived.state);
  if (states.every((state) => state === 'missing')) {
    throw new GeoCropError('not-computed', 'Nothing of the box is computed yet.', {
      hint: 'Ask with wait=25 to have it computed, and again while the answer is 503.',
    });
  }
  const state = states.includes('missing') ? 'partial' : states.includes('stale') ? 'stale' : 'final';
  const { newest, lookedUpAt } = plan.scenes.summary();
  const { season } = definition;
  return {
    digest: shortDigest({
      recipe: recipeOf(definition, layer),
      season: definition.seasonKey,
      layer: layer.name,
      window,
      metatiles: plan.metatiles.map(({ tile, archived }) => ({ tile, archived })),
    }),
    state,
    // Scenes that were looked up before the season's end may not be all of them.
    closed: lookedUpAt.length > 0 && lookedUpAt.every((time) => isClosed(season, new Date(time))),
    lastModified: newest === null ? null : new Date(newest),
    fileName: fileNameOf(definition, layer, bounds),
    write: (within) => writeBox(deps, plan, { definition, layer, signal: within, state }),
  };
}

/** @throws area-too-large, with what is allowed */
function checkSize({ width, height }: PixelWindow, most: number): void {
  if (width * height <= most) return;
  const side = Math.floor(Math.sqrt(most));
  throw new GeoCropError(
    'area-too-large',
    `The box has ${width} × ${height} pixels, ${width * height} in all; one file may have ${most}.`,
    {
      hint: `That is a square of ${side} pixels, about ${Math.floor((side * PIXEL_METRES) / 1000)} km. Ask for smaller boxes, or use \`geocrop export\`, which takes any area.`,
      context: { width, height, pixels: width * height, most },
    },
  );
}

interface WriteRequest {
  readonly definition: MapDefinition;
  readonly layer: LayerInfo;
  readonly signal: AbortSignal;
  readonly state: PlannedBox['state'];
}

async function writeBox(
  { engine, gate, deadline }: AreaDeps,
  plan: ExportPlan,
  { definition, layer, signal, state }: WriteRequest,
): Promise<WrittenBox> {
  const folder = await mkdtemp(join(tmpdir(), 'geocrop-box-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const path = join(folder, 'box.tif');
    checkSpace(path, plan.estimate, await freeBytes(path));
    const { finished, summary } = await gate.run(signal, () =>
      deadline.within(signal, (within) =>
        exportArea({ archive: engine.archive, pool: engine.compute.pool }, plan, {
          definition,
          layer,
          path,
          metadata: itemsOf(definition, layer, state),
          signal: within,
        }),
      ),
    );
    await finished.commit();
    return { path, bytes: finished.bytes, partial: summary.metatiles.missing > 0, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** What the file is of: it is passed on without this answer's headers. */
function itemsOf(definition: MapDefinition, layer: LayerInfo, state: PlannedBox['state']): GdalItem[] {
  const { key, season } = definition;
  const isMap = layer.kind === 'classes' || layer.kind === 'percent';
  return [
    { name: 'GEOCROP_LAYER', value: layer.name },
    { name: 'GEOCROP_SEASON', value: `${key.season} ${key.year}` },
    { name: 'GEOCROP_PERIOD', value: `${season.start}/${season.end}` },
    ...(isMap ? [{ name: 'GEOCROP_MODEL', value: key.model }] : []),
    { name: 'GEOCROP_RECIPE', value: recipeOf(definition, layer) },
    { name: 'GEOCROP_STATE', value: state === 'partial' ? 'partial: what is not computed is nodata' : state },
  ];
}

/** Without anything that a shell or a browser would take for something else. */
function fileNameOf({ seasonKey, key }: MapDefinition, layer: LayerInfo, bounds: Bounds): string {
  const isMap = layer.kind === 'classes' || layer.kind === 'percent';
  const parts = ['geocrop', layer.name, seasonKey, ...(isMap ? [key.model] : []), ...bounds.map(String)];
  return `${parts.map((part) => part.replaceAll(/[^\w.-]/g, '-')).join('_')}.tif`;
}
