import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areaCsv, csvName } from './area-csv.js';
import type { AreaStatistics } from './statistics.js';

const part = (hectares: number, share: number) => ({ pixels: hectares * 100, hectares, share });

const key = { season: 'summer', year: 2024, model: 'Demo' };

test('a row a class and a row for each other part of the area', () => {
  const statistics: AreaStatistics = {
    period: null,
    area: { pixels: 4000, hectares: 40 },
    completeness: {
      complete: false,
      classified: part(30, 0.75),
      noData: part(4, 0.1),
      notComputed: part(6, 0.15),
      outsideCoverage: part(0, 0),
      metatiles: null,
    },
    classes: [
      {
        ...{ id: 0, name: 'maize, white', color: '#ffffff', pixels: 3000, hectares: 30, share: 1 },
        meanConfidence: 84.5,
        adjusted: { hectares: 28, standardError: 2, interval: [24, 32] },
      },
      {
        ...{ id: 1, name: '=water()', color: '#0000ff', pixels: 0, hectares: 0, share: 0 },
        meanConfidence: null,
        adjusted: null,
      },
    ],
    estimate: { possible: false, reason: '' },
    notes: [],
    attribution: '',
  };
  assert.deepEqual(areaCsv([{ statistics, key }]).split('\r\n'), [
    'row,id,name,pixels,hectares,share,mean_confidence,adjusted_hectares,standard_error,low_95,high_95,season,year,model',
    'class,0,"maize, white",3000,30,1,84.5,28,2,24,32,summer,2024,Demo',
    "class,1,'=water(),0,0,0,,,,,,summer,2024,Demo",
    'no_data,,,400,4,0.1,,,,,,summer,2024,Demo',
    'not_computed,,,600,6,0.15,,,,,,summer,2024,Demo',
    'outside_coverage,,,0,0,0,,,,,,summer,2024,Demo',
    'whole_area,,,4000,40,1,,,,,,summer,2024,Demo',
    '',
  ]);
});

/** Two classes, and nothing else in the area. */
function twoClasses(
  names: readonly string[],
  hectares: readonly [number, number],
  missing = 0,
): AreaStatistics {
  const sum = hectares[0] + hectares[1];
  return {
    area: { pixels: 100 * sum, hectares: sum },
    completeness: {
      noData: part(0, 0),
      notComputed: part(missing, 0),
      outsideCoverage: part(0, 0),
    },
    classes: hectares.map((value, id) => ({
      ...{ id, name: names[id] ?? '', pixels: Math.round(100 * value), hectares: value, share: value / sum },
      ...{ meanConfidence: 80, adjusted: null },
    })),
  } as unknown as AreaStatistics;
}

test('two maps stand one after the other; the second’s classes have the change since the first', () => {
  const names = ['maize', 'fallow'];
  const before = { key: { ...key, year: 2022 }, statistics: twoClasses(names, [12.3, 7.7]) };
  const lines = areaCsv([before, { key, statistics: twoClasses(names, [15.5, 4.5]) }]).split('\r\n');
  assert.match(lines[0] ?? '', /,season,year,model,change_hectares,change_since$/);
  assert.deepEqual(lines.slice(1, 3), [
    'class,0,maize,1230,12.3,0.615,80,,,,,summer,2022,Demo,,',
    'class,1,fallow,770,7.7,0.385,80,,,,,summer,2022,Demo,,',
  ]);
  assert.deepEqual(lines.slice(7, 9), [
    'class,0,maize,1550,15.5,0.775,80,,,,,summer,2024,Demo,3.2,summer 2022 Demo',
    'class,1,fallow,450,4.5,0.225,80,,,,,summer,2024,Demo,-3.2,summer 2022 Demo',
  ]);
  assert.equal(lines[12], 'whole_area,,,2000,20,1,,,,,,summer,2024,Demo,,');
  assert.equal(lines.length, 14);
});

test('no change is told between other classes, or where one map is not all computed', () => {
  const before = { key, statistics: twoClasses(['maize', 'fallow'], [12, 8]) };
  const others = { key, statistics: twoClasses(['crops', 'trees'], [12, 8]) };
  const partial = { key, statistics: twoClasses(['maize', 'fallow'], [10, 8], 2) };
  for (const second of [others, partial]) assert.doesNotMatch(areaCsv([before, second]), /summer 2024 Demo/);
});

test('the file is named by what is in it', () => {
  const statistics = twoClasses(['maize', 'fallow'], [1, 1]);
  const rows = [2022, 2024].map((year) => ({ key: { ...key, year }, statistics }));
  assert.equal(csvName(rows.slice(1)), 'geocrop-summer-2024-Demo-area.csv');
  assert.equal(csvName(rows), 'geocrop-summer-2022-2024-Demo-area.csv');
});
