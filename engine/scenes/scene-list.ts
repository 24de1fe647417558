import { digest as digestOf } from '../digest.js';
import { isGeoCropError, messageOf } from '../errors.js';
import { areaMeetsBox } from '../geo/polygon.js';
import type { Bounds } from '../geo/tile-matrix.js';
import { METATILE_SIZE, NATIVE_ZOOM, pixelWindowLonLat } from '../geo/tile-matrix.js';
import type { SeasonWindow } from '../season.js';
import { mapBounded } from '../map-bounded.js';
import type { OffsetCheck } from './offset-check.js';
import type { AssetName, Band, LeftOutScene, Scene, SceneList, UncheckedScene } from './scene.js';
import { sceneOf } from './scene-of-item.js';
import type { SceneSource } from './scene-source.js';
import { abortedError } from '../windows/byte-source/slots.js';

/** The default of `cloudLimit`, percent: less would lose the wet season, more adds scenes without a clear pixel. */
export const CLOUD_LIMIT = 60;
/** Map pixels around a metatile in which footprints count: more than any smoothing needs, so that no bundle changes a list. */
export const SCENE_HALO = 8;
/** Offset checks at a time. */
const PARALLEL_CHECKS = 4;

export interface MetatileId {
  readonly z: 12;
  readonly x: number;
  readonly y: number;
}

export interface SceneListRequest {
  readonly source: SceneSource;
  readonly season: SeasonWindow;
  readonly metatile: MetatileId;
  /** Every scene must have these … */
  readonly bandSet: readonly Band[];
  /** … and SCL, where the collection has it. */
  readonly withScl: boolean;
  /** Percent; a scene with more is left out. */
  readonly cloudLimit?: number;
  /** Reads the scene's overviews; not called without red and SCL. */
  readonly checkOffset?: (scene: Scene, signal?: AbortSignal) => Promise<OffsetCheck>;
  /** Ids that are not used, with the reason: their blocks are gone or broken. */
  readonly quarantined?: ReadonlyMap<string, string>;
  readonly now: Date;
  readonly signal?: AbortSignal;
}

/**
 * The scenes of a metatile and season. Nothing found is a list too: empty, with what was left out. Throws what the source
 * throws. A list with `unchecked` scenes must not be stored.
 */
export async function buildSceneList(request: SceneListRequest): Promise<SceneList> {
  const { source, season, metatile, signal } = request;
  const box = metatileBox(metatile);
  const found = await source.search({ bbox: box, start: season.start, end: season.end }, signal);
  const required: readonly AssetName[] = request.withScl ? [...request.bandSet, 'scl'] : request.bandSet;
  const limit = request.cloudLimit ?? CLOUD_LIMIT;

  const leftOut: LeftOutScene[] = [...found.leftOut];
  const candidates: Scene[] = [];
  for (const item of found.items) {
    if (item.date < season.start || item.date > season.end || !areaMeetsBox(item.geometry, box)) continue;
    const quarantine = request.quarantined?.get(item.id);
    if (quarantine !== undefined) leftOut.push({ id: item.id, code: 'quarantined', reason: quarantine });
    else if (item.cloudCover > limit) {
      const reason = `${item.cloudCover.toFixed(1)} % cloud on ${item.date}, over the limit of ${limit} %.`;
      leftOut.push({ id: item.id, code: 'cloudy', reason });
    } else {
      const scene = sceneOf(item, required, source.apiUrl);
      if ('code' in scene) leftOut.push(scene);
      else candidates.push(scene);
    }
  }

  const scenes: Scene[] = [];
  const unchecked: UncheckedScene[] = [];
  for (const outcome of await mapBounded(candidates, PARALLEL_CHECKS, (scene) => check(scene, request))) {
    if ('assets' in outcome) scenes.push(outcome);
    else if (outcome.code === 'offset-implausible') leftOut.push(outcome);
    else unchecked.push(outcome);
  }
  scenes.sort(byFusionOrder);
  leftOut.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const revision = await source.revision(signal);
  return {
    profile: source.profile,
    season: season.name,
    year: season.year,
    metatile,
    scenes,
    leftOut,
    lookedUpAt: request.now.toISOString(),
    digest: scenesDigest(scenes),
    required,
    ...(revision === null ? {} : { revision }),
    ...(unchecked.length === 0 ? {} : { unchecked }),
  };
}

/** Degrees: the metatile with {@link SCENE_HALO} around it. */
export function metatileBox({ x, y }: MetatileId): Bounds {
  const side = METATILE_SIZE + 2 * SCENE_HALO;
  return pixelWindowLonLat(
    NATIVE_ZOOM,
    x * METATILE_SIZE - SCENE_HALO,
    y * METATILE_SIZE - SCENE_HALO,
    side,
    side,
  );
}

/** `{scenes}` of object keys: over all that decides pixels, and not over when it was looked up or what was left out. */
export function scenesDigest(scenes: readonly Scene[]): string {
  return digestOf(
    scenes.map(({ id, date, baseline, epsg, assets, reflectance: { scale, offset } }) => ({
      id,
      date,
      baseline,
      epsg,
      assets,
      scale,
      offset,
    })),
  );
}

/** For people: what was looked for, and why there is nothing. */
export function noScenesMessage(list: SceneList, season: SeasonWindow): string {
  const [west, south, east, north] = metatileBox(list.metatile).map((degree) => degree.toFixed(3));
  const where = `between ${west}, ${south} and ${east}, ${north} (metatile 12/${list.metatile.x}/${list.metatile.y})`;
  const reasons = (
    [
      ['cloudy', 'for cloud'],
      ['lacks-asset', 'for missing bands'],
      ['offset-implausible', 'for an offset that cannot be right'],
      ['quarantined', 'because they could not be read'],
      ['unsupported', 'for their format'],
      ['malformed', 'as malformed'],
      ['duplicate', 'as duplicates'],
    ] as const
  ).flatMap(([code, why]) => {
    const count = list.leftOut.filter((scene) => scene.code === code).length;
    return count === 0 ? [] : [`${count} ${why}`];
  });
  if (list.unchecked !== undefined) reasons.push(`${list.unchecked.length} that could not be read just now`);
  return `No scene of ${list.profile} from ${season.start} to ${season.end} ${where}; left out: ${reasons.length === 0 ? 'none' : reasons.join(', ')}.`;
}

/** By date, then higher baseline first, then id: the order of FEATURE_ORDER_V1's "one a day". */
function byFusionOrder(a: Scene, b: Scene): number {
  return compare(a.date, b.date) || b.baseline - a.baseline || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function check(
  scene: Scene,
  { checkOffset, signal }: SceneListRequest,
): Promise<Scene | (LeftOutScene & { code: 'offset-implausible' }) | UncheckedScene> {
  if (checkOffset === undefined || scene.assets.red === undefined || scene.assets.scl === undefined)
    return scene;
  let result: OffsetCheck;
  try {
    result = await checkOffset(scene, signal);
  } catch (error) {
    if (signal?.aborted === true) throw abortedError(signal);
    if (!isGeoCropError(error) || error.code === 'internal') throw error;
    return { id: scene.id, code: error.code, reason: messageOf(error) };
  }
  if (!result.plausible) {
    const { scale, offset, reason } = scene.reflectance;
    return {
      id: scene.id,
      code: 'offset-implausible',
      reason: `With scale ${scale} and offset ${offset} (${reason}) vegetation would reflect ${result.median?.toFixed(3)} of the red light.`,
    };
  }
  return { ...scene, reflectance: { ...scene.reflectance, checkedRedMedian: result.median } };
}
