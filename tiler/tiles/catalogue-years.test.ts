import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SUMMER, WINTER } from '../../engine/season.js';
import { catalogueYears } from './catalogue-years.js';

const now = (): Date => new Date('2022-08-15T00:00:00Z');

test('a static catalogue has the years of its items: a season is named by the year in which it starts', () => {
  const years = catalogueYears(
    ['2021-01-03', '2021-05-31', '2021-06-01', '2020-09-01'],
    [SUMMER, WINTER],
    now,
  );
  assert.deepEqual(years(SUMMER), [2020]);
  // 1 September also lies in the winter of its year, and 31 May in the next one's
  assert.deepEqual(years(WINTER), [2021, 2020]);
});

test('a day before and after a season count for none', () => {
  const years = catalogueYears(['2021-08-31', '2022-06-01'], [SUMMER], now);
  assert.deepEqual(years(SUMMER), []);
});

test('an API has every year from 2017 to the season that has begun', () => {
  const years = catalogueYears(null, [SUMMER, WINTER], now);
  assert.deepEqual(years(SUMMER), [2021, 2020, 2019, 2018, 2017]);
  assert.deepEqual(years(WINTER), [2022, 2021, 2020, 2019, 2018, 2017]);
});
