import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SceneList } from '../../engine/scenes/scene.js';
import { seasonWindow, SUMMER } from '../../engine/season.js';
import type { MapDefinition } from './maps.js';
import { identifyTile, type IdentityDeps } from './tile-identity.js';
import type { LayerInfo, TileIdentity } from './tile-service.js';

const definition = {
  season: seasonWindow(SUMMER, 2021),
  seasonKey: 'summer-2021',
  pixelsDigest: 'pixels',
  mapDigest: 'map',
} as MapDefinition;
const classes: LayerInfo = { name: 'classes', kind: 'classes', title: '' };
const feature: LayerInfo = { name: 'ndvi_peak', kind: 'feature', title: '' };
const low: TileIdentity = { digest: 'low', closed: true, lastModified: null, empty: false };
const list = (changes: Partial<SceneList> = {}): SceneList =>
  ({
    scenes: [{ datetime: '2021-10-02T08:00:00Z' }, { datetime: '2021-10-01T08:00:00Z' }],
    digest: 'scenes',
    lookedUpAt: '2022-06-02T00:00:00Z',
    ...changes,
  }) as SceneList;

interface World {
  kept?: SceneList;
  archived?: string[];
  covered?: boolean;
  now?: string;
}
const deps = ({ kept, archived = [], covered = true, now = '2023-01-01' }: World): IdentityDeps => ({
  coverage: { meetsBox: () => covered },
  sceneLists: { stored: async () => kept },
  archive: { has: async (recipe) => archived.includes(recipe), used: () => undefined },
  lowZooms: { identify: async () => low },
  computeMinZoom: 13,
  now: () => new Date(now),
});
const at = (z: number): { z: number; x: number; y: number } => ({
  z,
  x: Math.floor(2389 * 2 ** (z - 12)),
  y: Math.floor(2254 * 2 ** (z - 12)),
});
const identify = (world: World, layer = classes, z = 14): ReturnType<typeof identifyTile> =>
  identifyTile(deps(world), definition, layer, at(z));

describe('what a tile is before a pixel is read', () => {
  test('of a closed season it is known without the archive, down to the zoom that is computed', async () => {
    const known = await identify({ kept: list() });
    assert.ok(known.digest !== null && known.closed);
    assert.equal(known.lastModified?.toISOString(), '2021-10-02T08:00:00.000Z');
    assert.ok((await identify({ kept: list() }, classes, 13)).digest !== null);
    assert.equal((await identify({ kept: list() }, classes, 12)).digest, null);
    assert.ok((await identify({ kept: list(), archived: ['map'] }, classes, 12)).digest !== null);
  });

  test('below zoom 12 the pyramid knows it, where it is covered', async () => {
    assert.equal(await identify({ kept: list() }, classes, 11), low);
    assert.equal((await identify({ kept: list(), covered: false }, classes, 11)).empty, true);
  });

  test('of an open season only what is archived from today’s scenes is known', async () => {
    const open = { kept: list(), now: '2022-03-01' };
    assert.deepEqual((await identify(open)).digest, null);
    const there = await identify({ ...open, archived: ['map'] });
    assert.ok(there.digest !== null && !there.closed);
  });

  test('a list from before the season’s end is not the last word after it', async () => {
    const early = list({ lookedUpAt: '2022-05-20T00:00:00Z' });
    assert.equal((await identify({ kept: early })).closed, false);
    assert.equal((await identify({ kept: early })).digest, null);
    assert.equal((await identify({ kept: early, archived: ['map'] })).closed, false);
  });

  test('classes hang on the model, features on the pixels; every place and layer has its own', async () => {
    const world = { kept: list(), archived: ['pixels'], now: '2022-03-01' };
    assert.equal((await identify(world, classes)).digest, null);
    const digests = [
      await identify(world, feature),
      await identify(world, feature, 15),
      await identify(world, { ...feature, name: 'ndvi_min' }),
      await identify({ ...world, kept: list({ digest: 'others' }) }, feature),
    ].map(({ digest }) => digest);
    assert.equal(new Set(digests).size, 4);
    assert.ok(!digests.includes(null));
  });

  test('outside coverage, without scenes, and where nobody looked yet', async () => {
    assert.ok((await identify({ covered: false })).empty);
    const none = await identify({ kept: list({ scenes: [] }) });
    assert.ok(none.empty && none.digest !== null && none.lastModified === null);
    const unknown = await identify({});
    assert.ok(!unknown.empty && unknown.digest === null);
  });
});
