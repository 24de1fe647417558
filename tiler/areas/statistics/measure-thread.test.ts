import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Polygon, Position } from 'geojson';
import { isGeoCropError } from '../../../engine/errors.js';
import { areaContains } from '../../../engine/geo/polygon.js';
import { pixelCentreLonLat } from '../../../engine/geo/tile-matrix.js';
import { measureArea } from './measure-area.js';
import { measureAside } from './measure-thread.js';

const PATIENT = { signal: new AbortController().signal };
const polygon = (...coordinates: Position[][]): Polygon => ({ type: 'Polygon', coordinates });

/** A star with many edges: too many for the main thread. */
function star(edges: number): Position[] {
  const ring = Array.from({ length: edges }, (_, at): Position => {
    const angle = (2 * Math.PI * at) / edges;
    const radius = at % 2 === 0 ? 0.01 : 0.007;
    return [30 + radius * Math.cos(angle), -17.5 + radius * Math.sin(angle)];
  });
  return [...ring, ring[0] as Position];
}

describe('the pixels of an outline', () => {
  test('are those whose centre lies inside, holes left out, in whichever thread', async () => {
    const area = polygon(star(1000), [
      [30.001, -17.501],
      [30.003, -17.501],
      [30.003, -17.5],
      [30.001, -17.5],
      [30.001, -17.501],
    ]);
    const { spans, bounds } = await measureAside([area], PATIENT);
    assert.deepEqual({ spans, bounds }, measureArea([area]));
    const { window, starts, ends } = spans;
    let counted = 0;
    for (let row = 0; row < window.height; row += 1) {
      for (let column = 0; column < window.width; column += 1) {
        const [lon, lat] = pixelCentreLonLat(14, window.x + column, window.y + row);
        const inside = areaContains(area, lon, lat);
        let found = false;
        for (let at = starts[row] as number; at < (starts[row + 1] as number); at += 1) {
          found ||= column >= (ends[2 * at] as number) && column < (ends[2 * at + 1] as number);
        }
        assert.equal(found, inside, `${column}, ${row}`);
        counted += inside ? 1 : 0;
      }
    }
    assert.ok(counted > 10_000);
  });

  test('are refused with the reason, in whichever thread', async () => {
    const long = star(1000);
    const crossed = [...long.slice(0, 300), ...long.slice(300, 600).reverse(), ...long.slice(600)];
    await assert.rejects(
      measureAside([polygon(crossed)], PATIENT),
      (error) =>
        isGeoCropError(error, 'bad-request') && /crosses itself at (29\.99|30\.0)/.test(error.message),
    );
    const tiny = star(6).map(([x = 0, y = 0]): Position => [30 + (x - 30) / 1e4, -17.5 + (y + 17.5) / 1e4]);
    const refused = (area: Polygon, pattern: RegExp): void => {
      assert.throws(
        () => measureArea([area]),
        (error) => isGeoCropError(error) && pattern.test(error.message),
      );
    };
    const [at] = [pixelCentreLonLat(14, 9_557_000 >> 2, 2_270_000)];
    refused(
      polygon(tiny.map(([x = 0, y = 0]): Position => [at[0] + (x - 30) + 3e-5, at[1] + (y + 17.5) + 3e-5])),
      /no pixel/,
    );
    refused(
      polygon([
        [29, -60],
        [29.1, -60],
        [29.1, 60],
        [29, 60],
        [29, -60],
      ]),
      /too far from north to south/,
    );
  });

  test('that take too long are given up with their thread', async () => {
    await assert.rejects(measureAside([polygon(star(40_000))], { ...PATIENT, limitMs: 1 }), (error) =>
      isGeoCropError(error, 'area-too-large'),
    );
    await assert.rejects(
      measureAside([polygon(star(1000))], {
        signal: AbortSignal.abort(new DOMException('gone', 'AbortError')),
      }),
      { name: 'AbortError' },
    );
  });
});
