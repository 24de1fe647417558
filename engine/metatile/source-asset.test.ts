import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isGeoCropError } from '../errors.js';
import type { Scene } from '../scenes/scene.js';
import type { CogHeader } from '../windows/cog-header.js';
import { sourceAsset } from './source-asset.js';

const scene = { id: 'S2', epsg: 32736 } as Scene;
const asset = { href: 'memory://red.tif' };

function header(changes: Partial<CogHeader> = {}, blocks = 4): CogHeader {
  return {
    href: asset.href,
    epsg: null,
    transform: [10, 0, 600_000, 0, -10, 8_000_000],
    dataType: 'uint16',
    samplesPerPixel: 1,
    nodata: null,
    levels: [
      {
        width: 512 * blocks,
        height: 512 * blocks,
        blockWidth: 512,
        blockHeight: 512,
        blocksAcross: blocks,
        blocksDown: blocks,
        offsets: [],
        byteCounts: [],
      },
    ],
    ...changes,
  } as unknown as CogHeader;
}

describe('a file of a scene', () => {
  test('its own system and nodata go before the item’s, and 0 is nodata where nobody says', () => {
    assert.equal(sourceAsset(scene, asset, header()).epsg, 32736);
    assert.equal(sourceAsset(scene, asset, header({ epsg: 32735 })).epsg, 32735);
    assert.equal(sourceAsset(scene, asset, header()).nodata, 0);
    assert.equal(sourceAsset(scene, { ...asset, nodata: 7 }, header()).nodata, 7);
    assert.equal(sourceAsset(scene, { ...asset, nodata: 7 }, header({ nodata: 9 })).nodata, 9);
    for (const never of [NaN, -9999, 70_000, 0.5]) {
      assert.equal(sourceAsset(scene, asset, header({ nodata: never })).nodata, -1, String(never));
    }
  });

  const refused: [string, string, CogHeader, Scene?][] = [
    ['no system at all', 'unsupported-crs', header(), { ...scene, epsg: null }],
    ['no georeference', 'cog-unsupported', header({ transform: null })],
    ['rotated', 'cog-unsupported', header({ transform: [10, 1, 0, 1, -10, 0] })],
    ['south up', 'cog-unsupported', header({ transform: [10, 0, 0, 0, 10, 0] })],
    ['floats', 'cog-unsupported', header({ dataType: 'float32' })],
    ['several bands', 'cog-unsupported', header({ samplesPerPixel: 3 })],
    ['more blocks than 16 bits count', 'cog-unsupported', header({}, 256)],
  ];
  for (const [what, code, cog, of] of refused) {
    test(`${what}: refused with what is wrong`, () => {
      assert.throws(
        () => sourceAsset(of ?? scene, asset, cog),
        (error) => isGeoCropError(error) && error.code === code,
      );
    });
  }
});
