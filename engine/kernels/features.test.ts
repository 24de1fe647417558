import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { computeFeatures } from '../pixels/features.js';
import { reflectanceOf } from '../pixels/reflectance.js';
import { assertFeatures, expectations, type SeriesCase } from '../pixels/testing.js';
import { BANDS, type Band } from '../scenes/scene.js';
import { between, featuresOf, KernelArena, runFeatures, seededRandom, type FeatureInput } from './testing.js';

let arena: KernelArena;
before(async () => {
  arena = await KernelArena.create();
});

/** Cases with the same nodes and bands side by side: the dates of all, each pixel valid on its own dates only. */
function sideBySide(cases: readonly SeriesCase[]): FeatureInput {
  const bands = BANDS.filter((band) => cases[0]!.dn[band] !== undefined);
  const days = [...new Set(cases.flatMap(({ t }) => t))].sort((a, b) => a - b);
  const nPad = Math.ceil(cases.length / 16) * 16;
  const random = seededRandom(cases.length);
  const dn = Uint16Array.from({ length: days.length * bands.length * nPad }, () => between(random, 0, 65535));
  const scene = new Uint8Array(days.length * nPad);
  const got = Uint8Array.from(scene, () => between(random, 0, (1 << bands.length) - 2));
  const reflectance = new Float64Array(days.length * 32);
  // Ranks stand for the two offsets that the cases have.
  const ranks = [0, -0.1];
  days.forEach((_, d) =>
    ranks.forEach((offset, rank) => reflectance.set([0.0001, offset], (d * 16 + rank) * 2)),
  );
  cases.forEach((example, pixel) => {
    example.t.forEach((day, i) => {
      const d = days.indexOf(day);
      scene[d * nPad + pixel] = ranks.indexOf(example.offset) + 1;
      got[d * nPad + pixel] = (1 << bands.length) - 1;
      bands.forEach((band, b) => {
        dn[(d * bands.length + b) * nPad + pixel] = example.dn[band]![i]!;
      });
    });
  });
  const planeOf = Int32Array.from(BANDS, (band) => bands.indexOf(band));
  const { nodes } = cases[0]!;
  return {
    t: Int32Array.from(days),
    nodes,
    nPad,
    bandCount: bands.length,
    dn,
    scene,
    got,
    reflectance,
    planeOf,
  };
}

const groups = new Map<string, SeriesCase[]>();
for (const example of expectations('series.json').cases) {
  const key = `K = ${example.nodes}, ${Object.keys(example.dn).join(' ')}`;
  groups.set(key, [...(groups.get(key) ?? []), example]);
}

for (const [key, cases] of groups) {
  test(`the kernel equals numpy at ${cases.length} pixels side by side: ${key}`, () => {
    const input = sideBySide(cases);
    const output = runFeatures(arena, input);
    cases.forEach((example, pixel) => {
      assertFeatures(featuresOf(output, input.nPad, pixel), example.expected, example.name);
      assert.equal(output.observations[pixel], example.t.length, example.name);
    });
  });
}

/** Random scenes, ranks, offsets, half-read pixels and plateaus. */
function randomInput(seed: number, dates: number, nPad: number, bands: readonly Band[]): FeatureInput {
  const random = seededRandom(seed);
  const all = (1 << bands.length) - 1;
  const kept = random();
  const scene = Uint8Array.from({ length: dates * nPad }, () =>
    random() < kept ? between(random, 1, 16) : 0,
  );
  return {
    t: Int32Array.from({ length: dates }, (_, d) => Math.floor((d * 366) / dates)),
    nodes: 37,
    nPad,
    bandCount: bands.length,
    dn: Uint16Array.from({ length: dates * bands.length * nPad }, () =>
      random() < 0.02 ? between(random, 0, 65535) : 100 * between(random, 9, 60),
    ),
    scene,
    got: Uint8Array.from(scene, () => (random() < 0.9 ? all : between(random, 0, all))),
    reflectance: Float64Array.from(
      { length: dates * 32 },
      (_, i) => [0.0001, (i & 2) === 0 ? 0 : -0.1][i & 1]!,
    ),
    planeOf: Int32Array.from(BANDS, (band) => bands.indexOf(band)),
  };
}

/** The same pixel by the plain implementation. */
function plain(
  input: FeatureInput,
  bands: readonly Band[],
  pixel: number,
): { n: number; values: Float64Array } {
  const { t, nPad, nodes, scene, got, dn, reflectance, bandCount } = input;
  const dates = Array.from(t.keys()).filter(
    (d) => scene[d * nPad + pixel] !== 0 && got[d * nPad + pixel] === (1 << bandCount) - 1,
  );
  const series = Object.fromEntries(
    bands.map((band) => [
      band,
      dates.map((d) => {
        const conversion = (d * 16 + scene[d * nPad + pixel]! - 1) * 2;
        const plane = d * bandCount + input.planeOf[BANDS.indexOf(band)]!;
        return reflectanceOf(
          dn[plane * nPad + pixel]!,
          reflectance[conversion]!,
          reflectance[conversion + 1]!,
        );
      }),
    ]),
  );
  const values = computeFeatures({ t: dates.map((d) => t[d]!), reflectance: series }, nodes);
  return { n: dates.length, values };
}

for (const [seed, dates, bands] of [
  [1, 1, BANDS],
  [2, 7, BANDS],
  [3, 45, BANDS],
  [4, 120, BANDS],
  [5, 366, BANDS],
  [6, 33, ['red', 'nir']],
  [7, 33, ['blue', 'green', 'red', 'nir']],
  [8, 33, ['swir22']],
] as const) {
  test(`the kernel equals the plain implementation: ${dates} dates of ${bands.join(' ')}`, () => {
    const input = randomInput(seed, dates, 64, bands);
    const output = runFeatures(arena, input);
    for (let pixel = 0; pixel < input.nPad; pixel += 1) {
      const { n, values } = plain(input, bands, pixel);
      assertFeatures(featuresOf(output, input.nPad, pixel), values, `pixel ${pixel}`);
      assert.equal(output.observations[pixel], Math.min(n, 255));
    }
  });
}

test('observations are counted to 255, and the 256th is still used', () => {
  const input = randomInput(9, 366, 16, ['red', 'nir']);
  input.scene.fill(1);
  input.got.fill(3);
  const output = runFeatures(arena, input);
  assert.deepEqual([...output.observations], new Array(16).fill(255));
  assertFeatures(featuresOf(output, 16, 5), plain(input, ['red', 'nir'], 5).values, 'pixel 5');
});

test("where EVI's denominator is 0.001 but for rounding, the kernel keeps and leaves out as float64 does", () => {
  const input = randomInput(13, 6, 16, BANDS);
  input.scene.fill(1);
  input.got.fill(127);
  // blue, red, nir with nir + 6 red − 7.5 blue + 1 = 0.001: float64 gives a little more or less.
  const ties = [
    [3000, 1787, 1788],
    [3002, 1789, 1791],
    [3004, 1792, 1788],
    [3004, 1791, 1794],
  ] as const;
  ties.forEach((tie, d) => {
    tie.forEach((dn, i) => {
      const plane = (d * 7 + [0, 2, 4][i]!) * 16;
      input.dn.fill(dn, plane, plane + 16);
      input.reflectance.set([0.0001, 0], d * 32);
    });
  });
  assertFeatures(featuresOf(runFeatures(arena, input), 16, 3), plain(input, BANDS, 3).values, 'ties');
});

test('a constant series has no deviation at all', () => {
  const input = randomInput(14, 45, 16, BANDS);
  input.scene.fill(1);
  input.got.fill(127);
  for (let plane = 0; plane < 45 * 7; plane += 1) {
    input.dn.fill(1234 + 321 * (plane % 7), plane * 16, (plane + 1) * 16);
  }
  input.reflectance.forEach((_, i) => (input.reflectance[i] = i % 2 === 0 ? 0.0001 : -0.1));
  const features = featuresOf(runFeatures(arena, input), 16, 9);
  assert.deepEqual(features.slice(18, 24), [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(features.slice(0, 6), features.slice(6, 12));
});

test('bands in another stack order give the same bits', () => {
  const input = randomInput(10, 40, 32, BANDS);
  const order = [3, 6, 0, 5, 1, 4, 2];
  const dn = new Uint16Array(input.dn.length);
  for (let d = 0; d < 40; d += 1) {
    order.forEach((to, from) => {
      const plane = input.dn.subarray((d * 7 + from) * 32, (d * 7 + from + 1) * 32);
      dn.set(plane, (d * 7 + to) * 32);
    });
  }
  const shuffled = runFeatures(arena, { ...input, dn, planeOf: Int32Array.from(order) });
  assert.deepEqual(bitsOf(shuffled.features), bitsOf(runFeatures(arena, input).features));
});

const bitsOf = (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

test('a pixel has the same bits wherever it stands, whoever its neighbours are, however the pixels are cut', () => {
  const nPad = 256;
  const input = randomInput(11, 45, nPad, BANDS);
  const whole = runFeatures(arena, input);
  for (const chunk of [4, 12, 100]) {
    assert.deepEqual(
      bitsOf(runFeatures(arena, input, chunk).features),
      bitsOf(whole.features),
      `chunks of ${chunk}`,
    );
  }
  const random = seededRandom(12);
  const places = Array.from({ length: nPad }, (_, i) => i)
    .map((i) => [random(), i] as const)
    .sort(([a], [b]) => a - b)
    .map(([, i]) => i);
  const permute = <T extends Uint8Array | Uint16Array>(planes: T): T =>
    planes.map((_, i) => planes[i - (i % nPad) + places[i % nPad]!]!) as T;
  const moved = runFeatures(arena, {
    ...input,
    dn: permute(input.dn),
    scene: permute(input.scene),
    got: permute(input.got),
  });
  const expected = whole.features.map((_, i) => whole.features[i - (i % nPad) + places[i % nPad]!]!);
  assert.deepEqual(bitsOf(moved.features), bitsOf(expected));
  assert.deepEqual(moved.observations, permute(whole.observations));
});
