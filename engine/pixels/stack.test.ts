import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BANDS, type Band } from '../scenes/scene.js';
import { computeFeatures } from './features.js';
import { fuseDate, fusionOrder, type SceneSamples } from './fusion.js';
import { sclValid } from './mask.js';
import { reflectanceOf } from './reflectance.js';
import { pixelAt } from './sampling.js';
import { assertFeatures, expectations } from './testing.js';

const stack = expectations('stack.json');

/** The pixel of an asset's grid that holds point i: its place in the raster, or null. */
function placeOf(asset: Band | 'scl', i: number): number | null {
  const { x0, y0, res, size } = stack.grids[stack.gridOf[asset]]!;
  const grid = {
    x0,
    y0,
    resX: res,
    resY: res,
    width: size,
    height: size,
    blockWidth: size,
    blockHeight: size,
    blocksAcross: 1,
  };
  const pixel = pixelAt(grid, stack.easting[i]!, stack.northing[i]!);
  return pixel === null ? null : pixel.row * size + pixel.column;
}

function samplesOf(scene: (typeof stack.scenes)[number]): SceneSamples {
  const size = stack.grids[stack.gridOf.scl]!.size;
  const valid = sclValid(Uint8Array.from(scene.scl), size, size, stack.cloudBufferPixels);
  const points = stack.easting.map((_, i) => i);
  return {
    clear: Uint8Array.from(points, (i) => valid[placeOf('scl', i) ?? -1] ?? 0),
    dn: BANDS.map((band) =>
      points.map((i) => {
        const dn = scene.bands[band][placeOf(band, i) ?? -1];
        return dn === undefined || dn === stack.nodata ? null : dn;
      }),
    ),
  };
}

test("from SCL and DN of several scenes to features: mask, sampling, fusion and features equal numpy's", () => {
  const days = [...new Set(stack.scenes.map(({ t }) => t))].sort((a, b) => a - b);
  const dates = days.map((day) => {
    const scenes = stack.scenes.filter(({ t }) => t === day).sort(fusionOrder);
    return { day, scenes, fused: fuseDate(scenes.map(samplesOf)) };
  });
  stack.easting.forEach((_, i) => {
    const seen = dates.filter(({ fused }) => fused.scene[i] !== 0);
    const reflectance = Object.fromEntries(
      BANDS.map((band, b) => [
        band,
        seen.map(({ scenes, fused }) => {
          const { scale, offset } = scenes[fused.scene[i]! - 1]!;
          return reflectanceOf(fused.dn[b]![i]!, scale, offset);
        }),
      ]),
    );
    assert.equal(seen.length, stack.observations[i], `observations at point ${i}`);
    const features = computeFeatures({ t: seen.map(({ day }) => day), reflectance }, stack.nodes);
    assertFeatures(features, stack.expected[i]!, `point ${i}`);
  });
});

test('baselines order as numbers, then ids as text', () => {
  const scenes = [
    { baseline: 5.1, id: 'b' },
    { baseline: 10, id: 'c' },
    { baseline: 5.09, id: 'a' },
    { baseline: 5.1, id: 'a' },
    { baseline: 0, id: 'a' },
  ];
  const order = scenes.sort(fusionOrder).map(({ baseline, id }) => `${baseline}${id}`);
  assert.deepEqual(order, ['10c', '5.1a', '5.1b', '5.09a', '0a']);
});
