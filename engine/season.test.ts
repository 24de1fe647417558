import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGeoCropError } from './errors.js';
import type { SeasonDefinition } from './season.js';
import { SUMMER, WINTER, dayOfSeason, isClosed, seasonWindow } from './season.js';

test('the seasons of FEATURE_ORDER_V1', () => {
  const summer = seasonWindow(SUMMER, 2021);
  assert.deepEqual(summer, {
    name: 'summer',
    year: 2021,
    start: '2021-09-01',
    end: '2022-05-31',
    days: 273,
    nodes: 28,
  });
  assert.equal(seasonWindow(SUMMER, 2023).days, 274, 'with a 29 February');
  const winter = seasonWindow(WINTER, 2023);
  assert.deepEqual([winter.start, winter.end, winter.nodes], ['2023-05-01', '2023-10-31', 19]);
});

test('days count from the first day, in UTC, whatever the hour', () => {
  const summer = seasonWindow(SUMMER, 2023);
  assert.equal(dayOfSeason(summer, '2023-09-01'), 0);
  assert.equal(dayOfSeason(summer, '2023-09-01T23:59:59.999Z'), 0);
  assert.equal(dayOfSeason(summer, '2023-09-02T01:30:00+02:00'), 0);
  assert.equal(dayOfSeason(summer, '2024-05-31'), 273);
  assert.equal(dayOfSeason(summer, '2023-08-31'), -1);
});

test('a season is closed when its last day is over', () => {
  const summer = seasonWindow(SUMMER, 2021);
  assert.equal(isClosed(summer, new Date('2022-05-31T23:59:59Z')), false);
  assert.equal(isClosed(summer, new Date('2022-06-01T00:00:00Z')), true);
});

test('a definition that is no season is refused', () => {
  const refused: Partial<SeasonDefinition>[] = [
    { endMonth: 10 },
    { startMonth: 13 },
    { startMonth: 2, startDay: 30 },
    { startDay: 1.5 },
    { name: 'a/b' },
  ];
  for (const change of refused) {
    assert.throws(
      () => seasonWindow({ ...SUMMER, ...change }, 2021),
      (error) => isGeoCropError(error, 'config-invalid'),
      JSON.stringify(change),
    );
  }
  assert.throws(
    () => seasonWindow(SUMMER, NaN),
    (error) => isGeoCropError(error, 'unknown-year'),
  );
  const whole = { name: 'whole', startMonth: 3, startDay: 1, endMonth: 2, endDay: 29 };
  assert.deepEqual(
    [seasonWindow(whole, 2022).end, seasonWindow(whole, 2023).end],
    ['2023-02-28', '2024-02-29'],
  );
});
