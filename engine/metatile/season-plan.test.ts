import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGeoCropError } from '../errors.js';
import type { Scene } from '../scenes/scene.js';
import { seasonWindow, SUMMER } from '../season.js';
import { MAX_SCENES_A_DATE, planSeason } from './season-plan.js';

const season = seasonWindow(SUMMER, 2021);
const scene = (id: string, date: string, baseline = 5): Scene => ({ id, date, baseline }) as Scene;

test('dates rise, and a date’s scenes come higher baseline first, then by id', () => {
  const scenes = [
    scene('b', '2021-11-01', 5.1),
    scene('z', '2021-09-01'),
    scene('a', '2021-11-01', 5.1),
    scene('c', '2021-11-01', 10),
  ];
  const plan = planSeason({ scenes }, season);
  assert.deepEqual(
    plan.map(({ date, t, scenes: of }) => [date, t, of.map(({ id }) => id).join('')]),
    [
      ['2021-09-01', 0, 'z'],
      ['2021-11-01', 61, 'cab'],
    ],
  );
});

test('no scenes are no dates', () => {
  assert.deepEqual(planSeason({ scenes: [] }, season), []);
});

test('more scenes of one date than the kernels can tell apart are refused', () => {
  const many = (count: number): Scene[] =>
    Array.from({ length: count }, (_, i) => scene(`s${i}`, '2021-11-01'));
  assert.equal(planSeason({ scenes: many(MAX_SCENES_A_DATE) }, season)[0]?.scenes.length, MAX_SCENES_A_DATE);
  assert.throws(
    () => planSeason({ scenes: many(MAX_SCENES_A_DATE + 1) }, season),
    (error) => isGeoCropError(error, 'item-malformed') && error.hint !== undefined,
  );
});
