import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Device } from '@luma.gl/core';
import { NO_CLASS } from '../picture.js';
import type { IdPicture } from '../picture.js';
import type { PictureHolder } from '../tile-store.js';
import { PictureArray } from './picture-array.js';
import type { ShownTile } from './picture-array.js';

interface Upload {
  readonly format: string;
  readonly place: number;
  readonly id: number | undefined;
}

/** Remembers what is uploaded, by the first byte of each picture. */
function fakeDevice(most: number) {
  const uploads: Upload[] = [];
  let alive = 0;
  const device = {
    limits: { maxTextureArrayLayers: most },
    createTexture: ({ format, depth }: { format: string; depth: number }) => {
      alive += 1;
      return {
        depth,
        writeData: (ids: Uint8Array, { z }: { z: number }) => uploads.push({ format, place: z, id: ids[0] }),
        destroy: () => (alive -= 1),
      };
    },
  };
  return { device: device as unknown as Device, taken: () => uploads.splice(0), alive: () => alive };
}

const ids = (id: number): IdPicture => ({
  kind: 'ids',
  ids: new Uint8Array(256 * 256).fill(id),
  width: 256,
  height: 256,
});
const shown = (id: number, percent?: () => number | null): ShownTile => ({
  bounds: [0, 0, 1, 1],
  holder: { picture: ids(id) },
  confidence: () => {
    const value = percent?.() ?? null;
    return value === null ? null : (known[value] ??= ids(value));
  },
  since: 0,
});
const known: Record<number, IdPicture> = {};

test('each picture is uploaded once, to a place of its own, and again when another takes its place', () => {
  const { device, taken } = fakeDevice(256);
  const array = new PictureArray(device, true);
  const tiles = [shown(1), shown(2)];
  assert.equal(array.use(tiles).length, 2);
  array.pictures(tiles);
  assert.deepEqual(taken(), [
    { format: 'r8unorm', place: 0, id: 1 },
    { format: 'r8unorm', place: 1, id: 2 },
  ]);
  array.pictures(tiles);
  assert.deepEqual(taken(), []);
  (tiles[1]?.holder as PictureHolder<IdPicture>).picture = ids(3);
  array.pictures(tiles);
  assert.deepEqual(taken(), [{ format: 'r8unorm', place: 1, id: 3 }]);
  assert.deepEqual(
    tiles.map((tile) => array.slotOf(tile)),
    [0, 1],
  );
});

test('confidence lies at the place of its picture, and is unknown until it has come', () => {
  const { device, taken } = fakeDevice(256);
  const array = new PictureArray(device, true);
  let percent: number | null = null;
  const tiles = [shown(1, () => 90), shown(2, () => percent)];
  array.use(tiles);
  array.percents(tiles);
  assert.deepEqual(
    taken().map(({ place, id }) => [place, id]),
    [
      [0, 90],
      [1, NO_CLASS],
    ],
  );
  percent = 40;
  array.percents(tiles);
  array.percents(tiles);
  assert.deepEqual(
    taken().map(({ place, id }) => [place, id]),
    [[1, 40]],
  );
});

test('a tile that comes into view again after others is uploaded only where its place was taken', () => {
  const { device, taken } = fakeDevice(256);
  const array = new PictureArray(device, true);
  const [first, second] = [[shown(1)], Array.from({ length: 63 }, (_, at) => shown(2 + at))];
  for (const tiles of [first, second]) array.pictures(array.use(tiles));
  assert.equal(taken().length, 64);
  array.pictures(array.use(first));
  assert.deepEqual(taken(), []);
  array.pictures(array.use([shown(99), ...first]));
  assert.deepEqual(
    taken().map(({ id }) => id),
    [99],
  );
  array.pictures(array.use(second));
  assert.deepEqual(
    taken().map(({ id }) => id),
    [2],
  );
});

test('more tiles make a larger array; what the GPU has no places for is left out; nothing stays behind', () => {
  const { device, taken, alive } = fakeDevice(100);
  const array = new PictureArray(device, true);
  const tiles = Array.from({ length: 130 }, (_, at) => shown(at));
  array.pictures(array.use(tiles.slice(0, 10)));
  array.percents(tiles.slice(0, 10));
  taken();
  const kept = array.use(tiles);
  assert.equal(kept.length, 100);
  assert.equal(array.pictures(kept).depth, 100);
  assert.deepEqual(
    taken().map(({ place }) => place),
    Array.from({ length: 100 }, (_, at) => at),
  );
  array.destroy();
  assert.equal(alive(), 0);
});

test('a picture of another size is an error, not a picture in the wrong place', () => {
  const { device } = fakeDevice(256);
  const array = new PictureArray(device, true);
  const tile = shown(1);
  const tiles = [{ ...tile, holder: { picture: { ...ids(1), width: 512 } } }];
  array.use(tiles);
  assert.throws(() => array.pictures(tiles), /512 × 256 pixels, expected 256 × 256/);
});
