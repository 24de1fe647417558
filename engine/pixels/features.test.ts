import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeFeatures } from './features.js';
import { assertFeatures, expectations, reflectancesOf } from './testing.js';

for (const example of expectations('series.json').cases) {
  test(`features equal numpy's: ${example.name}`, () => {
    const reflectance = reflectancesOf(example);
    assertFeatures(
      computeFeatures({ t: example.t, reflectance }, example.nodes),
      example.expected,
      example.name,
    );
  });
}

test('constant reflectance: every index equals its peak, its minimum and its mean, without deviation', () => {
  const three = (value: number) => [value, value, value];
  const found = computeFeatures({ t: [1, 100, 200], reflectance: { red: three(0.1), nir: three(0.4) } }, 28);
  const [peak, min, mean, std] = [found[0]!, found[6]!, found[12]!, found[18]!];
  assert.equal(peak, (0.4 - 0.1) / (0.4 + 0.1));
  assert.equal(min, peak);
  assert.ok(Math.abs(mean - peak) < 1e-15 && std < 1e-15);
});
