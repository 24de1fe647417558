import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { errorAdjustedAreas, unknownClass } from './error-adjusted.js';

interface Case {
  readonly name: string;
  readonly samples: number[][];
  readonly mapped: number[];
  readonly expected: [area: number, standardError: number][];
}

const { cases } = JSON.parse(
  readFileSync(join('engine', 'classes', 'fixtures', 'error-adjusted.json'), 'utf8'),
) as { cases: Case[] };

describe('error-adjusted areas', () => {
  for (const { name, samples, mapped, expected } of cases) {
    test(`${name}: survey sampling by single units says the same`, () => {
      const found = errorAdjustedAreas(samples, mapped) ?? [];
      const whole = mapped.reduce((sum, area) => sum + area, 0);
      assert.equal(found.length, expected.length);
      for (const [at, [area, standardError]] of expected.entries()) {
        assert.ok(Math.abs((found[at]?.area ?? NaN) - area) < 1e-10 * whole);
        assert.ok(Math.abs((found[at]?.standardError ?? NaN) - standardError) < 1e-10 * whole);
      }
      const sum = found.reduce((total, { area }) => total + area, 0);
      assert.ok(Math.abs(sum / whole - 1) < 1e-12, 'the adjusted areas are the whole area');
    });
  }

  test('the worked example of Olofsson et al. 2014, section 5: hectares ± half of the interval, as printed', () => {
    const [paper] = cases;
    assert.ok(paper !== undefined && paper.name.startsWith('Olofsson'));
    const found = errorAdjustedAreas(paper.samples, paper.mapped) ?? [];
    const printed = found.map(({ area, standardError }) => [
      Math.round(area),
      Math.round(1.96 * standardError),
    ]);
    assert.deepEqual(printed, [
      [21_158, 6158],
      [11_686, 3756],
      [285_770, 15_510],
      [581_386, 16_282],
    ]);
    const [deforestation] = found;
    assert.deepEqual(deforestation?.interval.map(Math.round), [15_000, 27_315]);
  });

  test('a map without errors is its own estimate, with nothing to add or take', () => {
    const found = errorAdjustedAreas(
      [
        [50, 0],
        [0, 30],
      ],
      [12.5, 7.5],
    );
    assert.deepEqual(found, [
      { area: 12.5, standardError: 0, interval: [12.5, 12.5] },
      { area: 7.5, standardError: 0, interval: [7.5, 7.5] },
    ]);
  });

  test('an interval never leaves what there is', () => {
    const [one, other] =
      errorAdjustedAreas(
        [
          [1, 2],
          [2, 1],
        ],
        [1, 3],
      ) ?? [];
    assert.deepEqual([one?.interval[1], other?.interval[0]], [4, 0]);
  });

  test('is none where nothing is known of a class that is on the map', () => {
    const samples = [
      [9, 1],
      [0, 1],
    ];
    assert.equal(unknownClass(samples, [5, 5]), 1);
    assert.equal(errorAdjustedAreas(samples, [5, 5]), null);
    assert.equal(unknownClass(samples, [5, 0]), null);
    assert.equal(errorAdjustedAreas(samples, [5, 0])?.length, 2);
    assert.equal(errorAdjustedAreas(samples, [0, 0]), null);
  });
});
