import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuseDate, type SceneSamples } from '../pixels/fusion.js';
import { indexBlocks, OUTSIDE, type BlockIndex, type SourceGrid } from '../pixels/sampling.js';
import { between, KernelArena, seededRandom } from './testing.js';

const arena = await KernelArena.create();

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Bands of one resolution of a scene: their blocks, and where the target's pixels lie in them. */
interface Layer {
  readonly bands: readonly number[];
  readonly index: BlockIndex;
  readonly blocks: number;
  /** blocks[band of the layer][block]: DN. */
  readonly data: readonly (readonly Uint16Array[])[];
}

interface Scene {
  readonly scl: BlockIndex;
  readonly valid: Uint8Array;
  readonly layers: readonly Layer[];
}

const BAND_COUNT = 3;
const ALL = (1 << BAND_COUNT) - 1;
/** Bands 0 and 2 lie on the fine grid, band 1 on the coarse one. */
const LAYER_BANDS = [[0, 2], [1]];

type Random = () => number;

/** A grid that covers most of the target, which spans 0 to 1000 on both axes. */
function randomGrid(random: Random, res: number): SourceGrid {
  const [width, height] = [between(random, 1, 1100 / res), between(random, 1, 1100 / res)];
  const blockWidth = between(random, 2, 40);
  return {
    x0: between(random, -100, 100),
    y0: 1000 + between(random, -100, 100),
    resX: res,
    resY: res,
    width,
    height,
    blockWidth,
    blockHeight: between(random, 2, 40),
    blocksAcross: Math.ceil(width / blockWidth),
  };
}

function blockCount(grid: SourceGrid): number {
  return grid.blocksAcross * Math.ceil(grid.height / grid.blockHeight);
}

function randomScene(random: Random, eastings: Float64Array, northings: Float64Array, nodata: number): Scene {
  const scl = { ...randomGrid(random, 20), blocksAcross: 1 };
  const whole = { ...scl, blockWidth: scl.width, blockHeight: scl.height };
  const [cloudy, holes] = [random(), random() * 0.3];
  return {
    scl: indexBlocks(eastings, northings, whole),
    valid: Uint8Array.from({ length: scl.width * scl.height }, () => (random() < cloudy ? 0 : 1)),
    layers: LAYER_BANDS.map((bands, layer) => {
      const grid = randomGrid(random, layer === 0 ? 10 : 20);
      const blocks = blockCount(grid);
      const data = bands.map(() =>
        Array.from({ length: blocks }, () =>
          Uint16Array.from({ length: grid.blockWidth * grid.blockHeight }, () =>
            random() < holes && nodata >= 0 ? nodata : between(random, 1, 65535),
          ),
        ),
      );
      return { bands, index: indexBlocks(eastings, northings, grid), blocks, data };
    }),
  };
}

/** What the scene shows at each target pixel, straight from its arrays. */
function samplesOf(scene: Scene, n: number, nodata: number): SceneSamples {
  const pixels = Array.from({ length: n }, (_, i) => i);
  return {
    clear: Uint8Array.from(pixels, (i) =>
      scene.scl.blockOf[i] === OUTSIDE ? 0 : scene.valid[scene.scl.offset[i]!]!,
    ),
    dn: Array.from({ length: BAND_COUNT }, (_, band) => {
      const layer = scene.layers.find(({ bands }) => bands.includes(band))!;
      const blocks = layer.data[layer.bands.indexOf(band)]!;
      return pixels.map((i) => {
        const dn = blocks[layer.index.blockOf[i]!]?.[layer.index.offset[i]!];
        return dn === undefined || dn === nodata ? null : dn;
      });
    }),
  };
}

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  return items
    .map((item) => [random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

interface Run {
  readonly scene: Uint8Array;
  readonly got: Uint8Array;
  readonly planes: readonly Uint16Array[];
  /** `rank/layer/band/block` of each sampling. */
  readonly reads: readonly string[];
}

/** As the engine does: SCL of all scenes, then blocks as pixels ask for them, until none asks. */
function runDate(
  random: Random,
  scenes: readonly Scene[],
  stride: number,
  n: number,
  rects: readonly Rect[],
  nodata: number,
): Run {
  const { kernels } = arena;
  arena.reset();
  const at = (values: Uint8Array | Uint16Array | Uint32Array) => arena.put(values).byteOffset;
  const candidates = at(new Uint16Array(n));
  const scene = arena.put(new Uint8Array(n).fill(99));
  const got = arena.put(new Uint8Array(n).fill(99));
  const planes = Array.from({ length: BAND_COUNT }, () => arena.put(new Uint16Array(n)));
  const laid = scenes.map(({ scl, valid, layers }, i) => {
    kernels.sclCandidates(at(valid), at(scl.blockOf), at(scl.offset), n, i + 1, candidates);
    return layers.map((layer) => ({
      ...layer,
      blockOf: at(layer.index.blockOf),
      offset: at(layer.index.offset),
      flags: arena.put(new Uint8Array(layer.blocks)),
      addresses: layer.data.map((blocks) => blocks.map((block) => at(block))),
    }));
  });
  kernels.beginDate(candidates, scene.byteOffset, got.byteOffset, n);
  const reads: string[] = [];
  const state = [candidates, scene.byteOffset, got.byteOffset] as const;
  for (const { x, y, w, h } of rects) {
    let asked = true;
    // Every round but the last moves pixels on, at most once through the scenes: more rounds are a fault.
    for (let round = 0; asked; round += 1) {
      assert.ok(round <= 4 * scenes.length + 4, 'pixels ask without end');
      asked = false;
      for (const [r, l] of shuffled(
        random,
        laid.flatMap((layers, r) => layers.map((_, l) => [r, l] as const)),
      )) {
        const layer = laid[r]![l]!;
        layer.flags.fill(0);
        const wanted = layer.bands.reduce((bits, band) => bits | (1 << band), 0);
        const moved = kernels.demand(
          ...state,
          stride,
          x,
          y,
          w,
          h,
          r + 1,
          wanted,
          layer.blockOf,
          layer.flags.byteOffset,
        );
        asked ||= moved > 0;
        const flagged = [...layer.flags.keys()].filter((block) => layer.flags[block] !== 0);
        for (const block of shuffled(random, flagged)) {
          asked = true;
          for (const band of shuffled(random, layer.bands)) {
            if ((layer.flags[block]! & (1 << band)) === 0) continue;
            reads.push(`${r + 1}/${l}/${band}/${block}`);
            kernels.sampleBlock(
              layer.addresses[layer.bands.indexOf(band)]![block]!,
              ...state,
              stride,
              x,
              y,
              w,
              h,
              r + 1,
              1 << band,
              nodata,
              block,
              layer.blockOf,
              layer.offset,
              planes[band]!.byteOffset,
            );
          }
        }
      }
    }
  }
  return { scene: scene.slice(), got: got.slice(), planes: planes.map((plane) => plane.slice()), reads };
}

/** The target's pixel centres: w × h over 1000 × 1000, slightly turned, so that rows do not follow the sources' rows. */
function centres(w: number, h: number): { eastings: Float64Array; northings: Float64Array } {
  const at = (turn: (x: number, y: number) => number) =>
    Float64Array.from({ length: w * h }, (_, i) =>
      turn((((i % w) + 0.5) / w) * 1000, ((Math.floor(i / w) + 0.5) / h) * 1000),
    );
  return { eastings: at((x, y) => x + 0.03 * y), northings: at((x, y) => 1000 - y + 0.03 * x) };
}

for (let seed = 1; seed <= 24; seed += 1) {
  test(`blocks sampled in any order give the fused date, seed ${seed}`, () => {
    const random = seededRandom(seed);
    const [w, h] = [between(random, 1, 90), between(random, 1, 40)];
    const n = w * h;
    const nodata = [0, 65535, 1, -1][seed % 4]!;
    const { eastings, northings } = centres(w, h);
    const count = seed % 6 === 0 ? 16 : between(random, 1, 4);
    const scenes = Array.from({ length: count }, () => randomScene(random, eastings, northings, nodata));
    const split = between(random, 0, w);
    const rects = shuffled(random, [
      { x: 0, y: 0, w: split, h },
      { x: split, y: 0, w: w - split, h },
    ]);
    const run = runDate(random, scenes, w, n, rects, nodata);
    const fused = fuseDate(scenes.map((scene) => samplesOf(scene, n, nodata)));
    assert.deepEqual(run.scene, fused.scene);
    fused.scene.forEach((rank, i) => {
      if (rank === 0) return;
      assert.equal(run.got[i], ALL);
      for (let band = 0; band < BAND_COUNT; band += 1) assert.equal(run.planes[band]![i], fused.dn[band]![i]);
    });
  });
}

test('pixels beyond the rectangle are left as they were begun', () => {
  const random = seededRandom(90);
  const { eastings, northings } = centres(70, 30);
  const scenes = [1, 2].map(() => randomScene(random, eastings, northings, 0));
  const rect = { x: 13, y: 4, w: 41, h: 17 };
  const run = runDate(random, scenes, 70, 2100, [rect], 0);
  const samples = scenes.map((scene) => samplesOf(scene, 2100, 0));
  const fused = fuseDate(samples);
  run.scene.forEach((rank, i) => {
    const [x, y] = [(i % 70) - rect.x, Math.floor(i / 70) - rect.y];
    if (x >= 0 && x < rect.w && y >= 0 && y < rect.h) {
      assert.equal(rank, fused.scene[i]);
    } else {
      assert.equal(rank, samples.findIndex(({ clear }) => clear[i] === 1) + 1);
      assert.equal(run.got[i], 0);
      for (const plane of run.planes) assert.equal(plane[i], 0);
    }
  });
});

test('a scene is asked only for blocks that its own pixels wait for', () => {
  const random = seededRandom(91);
  const { eastings, northings } = centres(64, 64);
  const [clear, behind] = [1, 2].map(() => randomScene(random, eastings, northings, -1));
  const covering = {
    ...clear!,
    scl: { ...clear!.scl, blockOf: new Uint16Array(4096) },
    valid: clear!.valid.map(() => 1),
  };
  const inside = covering.layers.map((layer) => ({
    ...layer,
    index: { blockOf: new Uint16Array(4096), offset: new Uint32Array(4096) },
  }));
  const rects = [{ x: 0, y: 0, w: 64, h: 64 }];
  const run = runDate(random, [{ ...covering, layers: inside }, behind!], 64, 4096, rects, -1);
  assert.deepEqual([...run.reads].sort(), ['1/0/0/0', '1/0/2/0', '1/1/1/0']);
  const cloud = { ...behind!, valid: behind!.valid.map(() => 0) };
  assert.deepEqual(runDate(random, [cloud], 64, 4096, rects, -1).reads, []);
});
