import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartGeometry, chartPeriod, ndviRange, nearestPoint } from './chart.js';
import { dayName } from './days.js';

const FRAME = { width: 300, height: 100, left: 20, right: 10, top: 5, bottom: 15 };
const SUMMER = ['2024-09-01', '2025-05-31'] as const;

test('the season fills the frame: its first day at the left, its last at the right, 0 below and 1 above', () => {
  const { points } = chartGeometry(
    [
      { date: '2025-05-31', value: 1 },
      { date: '2024-09-01', value: 0 },
    ],
    SUMMER,
    [0, 1],
    FRAME,
  );
  assert.deepEqual(
    points.map(({ x, y }) => [x, y]),
    [
      [20, 85],
      [290, 5],
    ],
  );
});

test('months stand at their first day, the years where they begin', () => {
  const { months } = chartGeometry([], SUMMER, [0, 1], FRAME);
  assert.deepEqual(
    months.map(({ label }) => label),
    ['Sep', 'Oct', 'Nov', 'Dec', 'Jan', 'Feb', 'Mar', 'Apr', 'May'],
  );
  assert.deepEqual(
    months.flatMap(({ label, newYear }) => (newYear === null ? [] : [`${label} ${newYear}`])),
    ['Sep 2024', 'Jan 2025'],
  );
  assert.equal(months[0]?.x, 20);
});

test('values outside the axis are held at its edge, those that are no numbers left out', () => {
  const { points } = chartGeometry(
    [
      { date: '2024-10-01', value: 1.4 },
      { date: '2024-11-01', value: Number.NaN },
    ],
    SUMMER,
    [0, 1],
    FRAME,
  );
  assert.deepEqual(
    points.map(({ y }) => y),
    [5],
  );
});

test('no observation: no line, no area', () => {
  const { line, area, points } = chartGeometry([], SUMMER, [0, 1], FRAME);
  assert.deepEqual([line, area, points.length], ['', '', 0]);
  assert.equal(nearestPoint(points, 100), -1);
});

test('without the season, the axis covers whole months around the data', () => {
  const values = [
    { date: '2023-08-17', value: 0.4 },
    { date: '2023-05-09T08:00:00Z', value: 0.2 },
  ];
  assert.deepEqual(chartPeriod(values, undefined), ['2023-05-01', '2023-08-31']);
  assert.deepEqual(chartPeriod(values, SUMMER), SUMMER);
});

test('the axis goes below 0 only where the data does', () => {
  assert.deepEqual(ndviRange([{ date: '2024-10-01', value: 0.3 }]), [0, 1]);
  assert.deepEqual(ndviRange([{ date: '2024-10-01', value: -0.23 }]), [-0.4, 1]);
});

test('hovering finds the nearest date', () => {
  const { points } = chartGeometry(
    ['2024-10-01', '2024-12-01', '2025-03-01'].map((date) => ({ date, value: 0.5 })),
    SUMMER,
    [0, 1],
    FRAME,
  );
  assert.equal(nearestPoint(points, 0), 0);
  assert.equal(nearestPoint(points, (points[1]?.x ?? 0) + 3), 1);
  assert.equal(nearestPoint(points, 999), 2);
});

test('days are written in words', () => {
  assert.equal(dayName('2025-01-03'), '3 Jan 2025');
});
