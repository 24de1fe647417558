import { GeoCropError } from '../errors.js';
import { areaProblem } from '../geo/check-geometry.js';
import { ASSET_NAMES } from './band-assets.js';
import { asList, asNumber, asRecord, asText, type Json } from './plain.js';
import type { SceneList } from './scene.js';
import { scenesDigest } from './scene-list.js';

/**
 * A scene list as it was stored. It is read back from storage that others can write to, so everything that is used is
 * checked, and the digest is computed again. Throws `store-corrupt`.
 */
export function parseSceneList(json: string | Uint8Array): SceneList {
  let value: unknown;
  try {
    value = JSON.parse(typeof json === 'string' ? json : new TextDecoder().decode(json));
  } catch (error) {
    throw corrupt('is not JSON', error);
  }
  const list = asRecord(value);
  if (list === undefined) throw corrupt('is not an object');
  const metatile = asRecord(list['metatile']);
  const problem =
    missing(list, ['profile', 'season', 'lookedUpAt', 'digest'], asText) ??
    missing(list, ['year'], asNumber) ??
    missing(metatile ?? {}, ['x', 'y'], asNumber) ??
    (metatile?.['z'] === 12 ? undefined : 'has no metatile of zoom 12') ??
    (Array.isArray(list['scenes']) && Array.isArray(list['leftOut']) ? undefined : 'has no scenes') ??
    asList(list['scenes'])
      .map(sceneProblem)
      .find((found) => found !== undefined);
  if (problem !== undefined) throw corrupt(problem);
  const checked = value as SceneList;
  if (scenesDigest(checked.scenes) !== checked.digest)
    throw corrupt('does not have the digest that it states');
  return checked;
}

function sceneProblem(value: unknown): string | undefined {
  const scene = asRecord(value);
  if (scene === undefined) return 'has a scene that is not an object';
  const assets = asRecord(scene['assets']);
  const reflectance = asRecord(scene['reflectance']);
  return (
    missing(scene, ['id', 'datetime', 'date'], asText) ??
    missing(scene, ['cloudCover', 'baseline'], asNumber) ??
    missing(reflectance ?? {}, ['scale', 'offset'], asNumber) ??
    (areaProblem(scene['geometry']) === null ? undefined : 'has a scene without a footprint') ??
    (assets !== undefined &&
    Object.entries(assets).every(
      ([name, asset]) =>
        ASSET_NAMES.some((known) => known === name) && asText(asRecord(asset)?.['href']) !== undefined,
    )
      ? undefined
      : 'has a scene whose assets have no hrefs')
  );
}

function missing(
  fields: Json,
  names: readonly string[],
  read: (value: unknown) => unknown,
): string | undefined {
  const name = names.find((field) => read(fields[field]) === undefined);
  return name === undefined ? undefined : `has no ${name}`;
}

function corrupt(problem: string, cause?: unknown): GeoCropError {
  return new GeoCropError('store-corrupt', `A stored scene list ${problem}.`, {
    hint: 'Delete it; it is looked up again.',
    ...(cause === undefined ? {} : { cause }),
  });
}
