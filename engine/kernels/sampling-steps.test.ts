import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OUTSIDE } from '../pixels/sampling.js';
import { between, KernelArena, seededRandom } from './testing.js';

// One step of demand and sampleBlock from any state, against the words of kernels.ts, pixel by pixel.
const arena = await KernelArena.create();

interface State {
  readonly candidates: Uint16Array;
  readonly scene: Uint8Array;
  readonly got: Uint8Array;
}

const STRIDE = 61;
const ROWS = 23;
const N = STRIDE * ROWS;
const BLOCK_SIZE = 50;

/** Runs of equal pixels, so that sixteen of a kind occur as well as mixtures. */
function runs(random: () => number, value: () => number): number[] {
  const values: number[] = [];
  while (values.length < N) values.push(...new Array<number>(between(random, 1, 70)).fill(value()));
  return values.slice(0, N);
}

function randomState(random: () => number): State {
  return {
    candidates: Uint16Array.from(runs(random, () => between(random, 0, 65535))),
    scene: Uint8Array.from(runs(random, () => between(random, 0, 3))),
    got: Uint8Array.from(runs(random, () => (random() < 0.3 ? 0 : between(random, 0, 127)))),
  };
}

function giveUp({ candidates, scene, got }: State, i: number, rank: number): void {
  const later = Array.from({ length: 16 }, (_, bit) => bit + 1).find(
    (next) => next > rank && (candidates[i]! & (1 << (next - 1))) !== 0,
  );
  scene[i] = later ?? 0;
  got[i] = 0;
}

const rectangle = (random: () => number) => {
  if (random() < 0.5) return { x: 0, y: 0, w: STRIDE, h: ROWS };
  const [x, y] = [between(random, 0, STRIDE - 1), between(random, 0, ROWS - 1)];
  return { x, y, w: between(random, 0, STRIDE - x), h: between(random, 0, ROWS - y) };
};

/** Pixels of the rectangle that wait for the scene. */
function waiting({ x, y, w, h }: ReturnType<typeof rectangle>, scene: Uint8Array, rank: number): number[] {
  return Array.from({ length: N }, (_, i) => i).filter((i) => {
    const [column, row] = [(i % STRIDE) - x, Math.floor(i / STRIDE) - y];
    return column >= 0 && column < w && row >= 0 && row < h && scene[i] === rank;
  });
}

test('demand raises the flags of the blocks that pixels lack, and moves on those outside the image', () => {
  const random = seededRandom(50);
  let all = 0;
  for (let round = 0; round < 200; round += 1) {
    const state = randomState(random);
    const blockOf = Uint16Array.from(runs(random, () => (random() < 0.2 ? OUTSIDE : between(random, 0, 9))));
    const [rank, bands, rect] = [between(random, 1, 3), between(random, 1, 127), rectangle(random)];
    arena.reset();
    const [candidates, scene, got] = [
      arena.put(state.candidates),
      arena.put(state.scene),
      arena.put(state.got),
    ];
    const flags = arena.put(new Uint8Array(10));
    const { x, y, w, h } = rect;
    const moved = arena.kernels.demand(
      candidates.byteOffset,
      scene.byteOffset,
      got.byteOffset,
      STRIDE,
      x,
      y,
      w,
      h,
      rank,
      bands,
      arena.put(blockOf).byteOffset,
      flags.byteOffset,
    );
    const expected = new Uint8Array(10);
    const pixels = waiting(rect, state.scene, rank);
    const outside = pixels.filter((i) => blockOf[i] === OUTSIDE);
    for (const i of pixels) if (blockOf[i] !== OUTSIDE) expected[blockOf[i]!]! |= bands & ~state.got[i]!;
    for (const i of outside) giveUp(state, i, rank);
    assert.equal(moved, outside.length);
    assert.deepEqual(flags.slice(), expected);
    assert.deepEqual(
      [candidates.slice(), scene.slice(), got.slice()],
      [state.candidates, state.scene, state.got],
    );
    all += moved;
  }
  assert.ok(all > 1000, `${all} moved on`);
});

test('sampleBlock fills in what pixels lack of a block, and a nodata DN makes a pixel give its scene up', () => {
  const random = seededRandom(51);
  let [sampled, left] = [0, 0];
  for (let round = 0; round < 200; round += 1) {
    const state = randomState(random);
    const blockOf = Uint16Array.from(runs(random, () => between(random, 0, 2)));
    const offset = Uint32Array.from({ length: N }, () => between(random, 0, BLOCK_SIZE - 1));
    const nodata = [0, 65535, 500, -1][round % 4]!;
    const source = Uint16Array.from({ length: BLOCK_SIZE }, () =>
      random() < 0.03 ? Math.max(nodata, 0) : between(random, 0, 65535),
    );
    const [rank, bandBit, block] = [between(random, 1, 3), 1 << between(random, 0, 6), between(random, 0, 2)];
    const rect = rectangle(random);
    arena.reset();
    const [candidates, scene, got] = [
      arena.put(state.candidates),
      arena.put(state.scene),
      arena.put(state.got),
    ];
    const plane = arena.put(new Uint16Array(N).fill(4321));
    const { x, y, w, h } = rect;
    const gaveUp = arena.kernels.sampleBlock(
      arena.put(source).byteOffset,
      candidates.byteOffset,
      scene.byteOffset,
      got.byteOffset,
      STRIDE,
      x,
      y,
      w,
      h,
      rank,
      bandBit,
      nodata,
      block,
      arena.put(blockOf).byteOffset,
      arena.put(offset).byteOffset,
      plane.byteOffset,
    );
    const expected = new Uint16Array(N).fill(4321);
    const lacking = (i: number) => (state.got[i]! & bandBit) === 0 && blockOf[i] === block;
    const pixels = waiting(rect, state.scene, rank).filter(lacking);
    const empty = pixels.filter((i) => source[offset[i]!] === nodata);
    for (const i of pixels) {
      if (empty.includes(i)) giveUp(state, i, rank);
      else {
        expected[i] = source[offset[i]!]!;
        state.got[i]! |= bandBit;
      }
    }
    assert.equal(gaveUp, empty.length);
    assert.deepEqual(
      [candidates.slice(), scene.slice(), got.slice()],
      [state.candidates, state.scene, state.got],
    );
    assert.deepEqual(plane.slice(), expected);
    [sampled, left] = [sampled + pixels.length, left + empty.length];
  }
  assert.ok(sampled > 1000 && left > 10, `${sampled} sampled, ${left} given up`);
});
