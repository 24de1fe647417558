import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGeoCropError } from '../errors.js';
import { areaProblem, checkArea } from './check-geometry.js';
import { boxArea } from './polygon.js';

test('what is no area is refused with the reason', () => {
  const refused: [unknown, RegExp][] = [
    [null, /not a GeoJSON geometry/],
    [{ type: 'Point', coordinates: [0, 0] }, /is a Point/],
    [{ type: 'Polygon', coordinates: [] }, /no coordinates/],
    [{ type: 'MultiPolygon', coordinates: [[]] }, /without rings/],
    [
      {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [1, 1],
            [0, 0],
          ],
        ],
      },
      /3 positions/,
    ],
    [
      {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 1],
          ],
        ],
      },
      /last position/,
    ],
    [
      {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            ['1', 0],
            [1, 1],
            [0, 0],
          ],
        ],
      },
      /not two numbers/,
    ],
    [
      {
        type: 'Polygon',
        coordinates: [
          [
            [5e5, 8e6],
            [6e5, 8e6],
            [6e5, 9e6],
            [5e5, 8e6],
          ],
        ],
      },
      /not a longitude/,
    ],
  ];
  for (const [value, message] of refused) {
    assert.match(areaProblem(value) ?? '', message);
    assert.throws(
      () => checkArea(value, 'Field 3'),
      (error) => isGeoCropError(error, 'bad-request') && error.message.startsWith('Field 3 '),
    );
  }
  const box = boxArea([0, 0, 1, 1]);
  assert.equal(checkArea(box), box);
});
