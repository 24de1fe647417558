import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { digest } from '../../engine/digest.js';
import { SIMULATED_CLASSES, type SimulatedClass } from './classes.js';
import { BORDER_X, CENTRE, HALF_SIDE, lonLatOf } from './ground.js';
import { simulatedTruth } from './truth.js';
import { World } from './world.js';
import { fieldPoints, type FieldPoint } from './write-fields.js';
import { WHOLE_AREA } from './scene-grid.js';

/** z12 column and row of a place. */
function metatile([lon, lat]: readonly [number, number]): string {
  const y = (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2;
  return `${Math.floor(((lon + 180) / 360) * 4096)}/${Math.floor(y * 4096)}`;
}

describe('the simulated country', () => {
  const step = 100;
  const seen: SimulatedClass[] = [];
  before(() => {
    const world = new World();
    for (let y = HALF_SIDE; y >= -HALF_SIDE; y -= step) {
      for (let x = -HALF_SIDE; x <= HALF_SIDE; x += step) seen.push(world.describe(x, y).class);
    }
  });

  test('is always the same', () => {
    assert.equal(
      digest(seen.map((name) => SIMULATED_CLASSES.indexOf(name)).join('')),
      'c691cc6cd0479e1ff28b65abec126131c90f69cffdb96d854fa84a52666419fd',
    );
  });

  test('has every class, and none of them hides', () => {
    for (const name of SIMULATED_CLASSES) {
      const share = seen.filter((other) => other === name).length / seen.length;
      assert.ok(share > 0.008 && share < 0.4, `${name}: ${share}`);
    }
  });

  test('is the same whichever place is asked first', () => {
    const [forwards, backwards] = [new World(), new World()];
    const places = Array.from({ length: 400 }, (_, i) => [
      ((i * 37) % 120) * 100 - 6000,
      ((i * 61) % 120) * 100 - 6000,
    ]);
    const kinds = (world: World, order: number[][]): Map<string, unknown> =>
      new Map(order.map(([x, y]) => [`${x} ${y}`, world.describe(x as number, y as number)]));
    const a = kinds(forwards, places);
    const b = kinds(backwards, [...places].reverse());
    for (const [place, unit] of a) assert.deepEqual(b.get(place), unit, place);
  });

  test('lies on both sides of 30° E and touches at least four metatiles', () => {
    const corners = [-1, 1].flatMap((x) => [-1, 1].map((y) => lonLatOf(x * HALF_SIDE, y * HALF_SIDE)));
    assert.ok(Math.abs(lonLatOf(BORDER_X, 0)[0] - 30) < 1e-12);
    assert.ok(BORDER_X > -HALF_SIDE + 2000 && BORDER_X < HALF_SIDE - 2000);
    assert.ok(new Set(corners.map(metatile)).size >= 4);
    assert.ok(Math.abs(CENTRE[1] + 17.81) < 0.3);
  });
});

describe('the labelled fields', () => {
  let points: FieldPoint[];
  before(() => {
    points = fieldPoints(WHOLE_AREA, 40);
  });

  test('are balanced over the classes and the country', () => {
    for (const name of SIMULATED_CLASSES) {
      const own = points.filter(({ label }) => label === name);
      assert.equal(own.length, 40, name);
      if (name === 'water') continue;
      const quarters = new Set(own.map(({ lon, lat }) => `${lon > CENTRE[0]} ${lat > CENTRE[1]}`));
      assert.ok(quarters.size >= 3, `${name} is in ${quarters.size} quarters`);
      assert.ok(new Set(own.map(({ field }) => field)).size >= 12, name);
    }
  });

  test('agree with the truth, and a field is of one class', () => {
    const truth = simulatedTruth();
    const classOf = new Map<string, SimulatedClass>();
    for (const { lon, lat, label, field } of points) {
      assert.equal(truth(lon, lat), label);
      assert.equal(classOf.get(field) ?? label, label);
      classOf.set(field, label);
    }
  });

  test('are the same every time', () => {
    assert.deepEqual(fieldPoints(WHOLE_AREA, 40), points);
  });
});
