import type { GdalItem } from '../../engine/encode/gdal-metadata.js';
import { shortDigest } from '../../engine/digest.js';
import { GeoCropError } from '../../engine/errors.js';
import { wholeCut } from '../../engine/geo/pixel-cut.js';
import { isClosed } from '../../engine/season.js';
import type { MapDefinition } from '../tiles/maps.js';
import { recipeOf } from '../tiles/tile-identity.js';
import type { LayerInfo } from '../tiles/tile-service.js';
import type { BoxAsk, PlannedBox } from './area-service.js';
import { boxFileName, boxWindow, writeBox } from './box-file.js';
import { exportArea } from './export-area.js';
import { planArea } from './fill-area.js';
import type { AreaDeps } from './open-area-service.js';

/** What a box of a map's layer would be as a file; nothing is written before that is asked for. `AreaService.box`. */
export async function planMapBox(
  deps: AreaDeps,
  { bounds, compute, signal }: BoxAsk,
  of: Extract<BoxAsk['of'], { kind: 'map' }>,
): Promise<PlannedBox> {
  const { engine, limits } = deps;
  const definition = engine.maps.definition(of.map);
  const layer = engine.maps.layer(of.map, of.layer);
  const window = boxWindow(bounds, limits);
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
  const { season, seasonKey, key } = definition;
  return {
    digest: shortDigest({
      recipe: recipeOf(definition, layer),
      season: seasonKey,
      layer: layer.name,
      window,
      metatiles: plan.metatiles.map(({ tile, archived }) => ({ tile, archived })),
    }),
    state,
    // Scenes that were looked up before the season's end may not be all of them.
    closed: lookedUpAt.length > 0 && lookedUpAt.every((time) => isClosed(season, new Date(time))),
    lastModified: newest === null ? null : new Date(newest),
    fileName: boxFileName([layer.name, seasonKey, ...(isOfModel(layer) ? [key.model] : [])], bounds),
    write: (patience) =>
      writeBox(deps, plan.estimate, patience, async (path, within) => {
        const { finished, summary } = await exportArea(
          { archive: engine.archive, pool: engine.compute.pool },
          plan,
          { definition, layer, path, metadata: itemsOf(definition, layer, state), signal: within },
        );
        return { finished, partial: summary.metatiles.missing > 0 };
      }),
  };
}

const isOfModel = ({ kind }: LayerInfo): boolean => kind === 'classes' || kind === 'percent';

/** What the file is of: it is passed on without this answer's headers. */
function itemsOf(definition: MapDefinition, layer: LayerInfo, state: PlannedBox['state']): GdalItem[] {
  const { key, season } = definition;
  return [
    { name: 'GEOCROP_LAYER', value: layer.name },
    { name: 'GEOCROP_SEASON', value: `${key.season} ${key.year}` },
    { name: 'GEOCROP_PERIOD', value: `${season.start}/${season.end}` },
    ...(isOfModel(layer) ? [{ name: 'GEOCROP_MODEL', value: key.model }] : []),
    { name: 'GEOCROP_RECIPE', value: recipeOf(definition, layer) },
    { name: 'GEOCROP_STATE', value: state === 'partial' ? 'partial: what is not computed is nodata' : state },
  ];
}
