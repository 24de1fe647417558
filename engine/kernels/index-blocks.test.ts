import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexBlocks, OUTSIDE, type BlockIndex, type SourceGrid } from '../pixels/sampling.js';
import { between, KernelArena, seededRandom } from './testing.js';

const arena = await KernelArena.create();

function byKernel(eastings: Float64Array, northings: Float64Array, grid: SourceGrid): BlockIndex {
  arena.reset();
  const east = arena.put(eastings);
  const north = arena.put(northings);
  const blockOf = arena.put(new Uint16Array(eastings.length).fill(12345));
  const offset = arena.put(new Uint32Array(eastings.length).fill(12345));
  arena.kernels.indexBlocks(
    east.byteOffset,
    north.byteOffset,
    eastings.length,
    grid.x0,
    grid.y0,
    grid.resX,
    grid.resY,
    grid.width,
    grid.height,
    grid.blockWidth,
    grid.blockHeight,
    grid.blocksAcross,
    blockOf.byteOffset,
    offset.byteOffset,
  );
  return { blockOf: blockOf.slice(), offset: offset.slice() };
}

test('points fall into the blocks and places that the plain index says, for random grids', () => {
  const random = seededRandom(3);
  for (let round = 0; round < 60; round += 1) {
    const [width, height] = [between(random, 1, 300), between(random, 1, 300)];
    const blockWidth = between(random, 1, 130);
    const grid = {
      x0: random() * 1e6,
      y0: random() * 1e7,
      resX: [10, 20, 0.1, 119.87][between(random, 0, 3)]!,
      resY: [10, 20, 0.1, 119.87][between(random, 0, 3)]!,
      width,
      height,
      blockWidth,
      blockHeight: between(random, 1, 130),
      blocksAcross: Math.ceil(width / blockWidth),
    };
    // Inside, outside on all sides, and exactly on the lines between pixels.
    const across = () => (between(random, -20, 10 * width + 20) / 10) * grid.resX;
    const down = () => (between(random, -20, 10 * height + 20) / 10) * grid.resY;
    const eastings = Float64Array.from({ length: 501 }, () => grid.x0 + across());
    const northings = Float64Array.from({ length: 501 }, () => grid.y0 - down());
    assert.deepEqual(byKernel(eastings, northings, grid), indexBlocks(eastings, northings, grid));
  }
});

test('a centre that the projection does not reach lies outside', () => {
  const grid = {
    x0: 0,
    y0: 100,
    resX: 1,
    resY: 1,
    width: 10,
    height: 10,
    blockWidth: 10,
    blockHeight: 10,
    blocksAcross: 1,
  };
  const eastings = Float64Array.of(NaN, 5, Infinity, -Infinity, 5, 10, 0);
  const northings = Float64Array.of(95, NaN, 95, 95, 95, 95, 100);
  const found = byKernel(eastings, northings, grid);
  const outside = OUTSIDE;
  assert.deepEqual([...found.blockOf], [outside, outside, outside, outside, 0, outside, 0]);
  assert.deepEqual([...found.offset], [0, 0, 0, 0, 55, 0, 0]);
});
