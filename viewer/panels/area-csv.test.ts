import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areaCsv } from './area-csv.js';
import type { AreaStatistics } from './statistics.js';

const part = (hectares: number, share: number) => ({ pixels: hectares * 100, hectares, share });

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
  assert.deepEqual(areaCsv(statistics, { season: 'summer', year: 2024, model: 'Demo' }).split('\r\n'), [
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
