import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BANDS } from '../../engine/scenes/scene.js';
import { CROPS, type Crop } from './classes.js';
import { cropCalendar, type Farming } from './crop-calendar.js';
import type { GroundUnit } from './ground-unit.js';
import { RandomStream } from './random.js';
import { UnitSpectrum } from './spectra.js';

const RED = BANDS.indexOf('red');
const NIR = BANDS.indexOf('nir');
const spectrum = new UnitSpectrum();

function ndvi(unit: GroundUnit, day: number): number {
  spectrum.set(unit, day, 0.4);
  const red = spectrum.base[RED] as number;
  const nir = spectrum.base[NIR] as number;
  return (nir - red) / (nir + red);
}

const unit = (kind: GroundUnit['kind'], name: GroundUnit['class'], strength: number): GroundUnit => ({
  kind,
  class: name,
  group: 1,
  soil: 0.5,
  strength,
  texture: 0.2,
});

const fieldsOf = (crop: Crop, farming: Farming): GroundUnit[] =>
  Array.from({ length: 60 }, (_, i) => {
    const calendar = cropCalendar(crop, farming, new RandomStream(i * 7919 + 5));
    return { ...unit('crop', crop, calendar.canopy), calendar };
  });

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Days from 1 September: 20 September, 10 December, 20 January, 20 February, 25 March, 15 May. */
const [DRY, EARLY, JANUARY, FEBRUARY, MARCH, MAY] = [19, 100, 141, 172, 205, 256];

describe('NDVI through the season', () => {
  const through = (crop: Crop): number[] =>
    [DRY, EARLY, JANUARY, FEBRUARY, MARCH, MAY].map((day) =>
      mean(fieldsOf(crop, 'commercial').map((field) => ndvi(field, day))),
    );

  for (const crop of CROPS) {
    test(`${crop}: bare before the rains, green in the wet season, dry in May`, () => {
      const [dry, , january, february, , may] = through(crop) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const peak = Math.max(january, february);
      assert.ok(dry > 0.1 && dry < 0.32, `September ${dry}`);
      assert.ok(peak > (crop === 'fallow' ? 0.38 : 0.6) && peak < 0.92, `peak ${peak}`);
      assert.ok(may < peak - 0.08, `May ${may}`);
    });
  }

  test('tobacco is first, cotton last, soybean densest', () => {
    const at = Object.fromEntries(CROPS.map((crop) => [crop, through(crop)])) as Record<Crop, number[]>;
    const others = CROPS.filter((crop) => crop !== 'tobacco');
    assert.ok(others.every((crop) => (at.tobacco[1] as number) > (at[crop][1] as number) + 0.15));
    assert.ok((at.tobacco[4] as number) < 0.35, 'reaped by the end of March');
    const dried = CROPS.filter((crop) => crop !== 'cotton');
    assert.ok(dried.every((crop) => (at.cotton[4] as number) > (at[crop][4] as number) + 0.12));
    assert.ok(
      CROPS.every((crop) => crop === 'soybean' || (at.soybean[3] as number) > (at[crop][3] as number)),
    );
  });

  test('bush, grass, water and roofs keep to theirs', () => {
    for (const [name, day, low, high] of [
      ['woodland', DRY, 0.35, 0.65],
      ['woodland', FEBRUARY, 0.65, 0.85],
      ['grass', DRY, 0.25, 0.4],
      ['grass', FEBRUARY, 0.45, 0.75],
    ] as const) {
      const value = ndvi(unit(name, name, name === 'grass' ? 0.5 : 0.8), day);
      assert.ok(value > low && value < high, `${name} on day ${day}: ${value}`);
    }
    for (const day of [DRY, JANUARY, MAY]) {
      assert.ok(ndvi(unit('water', 'water', 0.5), day) < 0);
      assert.ok(ndvi(unit('roof', 'built_up', 0.9), day) < 0.15);
    }
  });

  test('smallholders close less of their canopy', () => {
    const peak = (farming: Farming): number =>
      mean(fieldsOf('maize', farming).map((field) => ndvi(field, 165)));
    assert.ok(peak('communal') < peak('commercial') - 0.03);
  });
});

test('reflectance stays physical for every crop on every day, in each band', () => {
  for (const crop of CROPS) {
    for (const field of fieldsOf(crop, 'irrigated').slice(0, 12)) {
      for (let day = 0; day <= 272; day += 8) {
        spectrum.set(field, day, 0.5);
        assert.ok(
          spectrum.base.every((rho) => rho > 0.01 && rho < 0.65),
          `${crop} on day ${day}: ${[...spectrum.base].join(' ')}`,
        );
      }
    }
  }
});
