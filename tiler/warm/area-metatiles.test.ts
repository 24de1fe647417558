import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { polygonsCoverage, zimbabweCoverage } from '../../engine/geo/coverage.js';
import { boxArea, type Area } from '../../engine/geo/polygon.js';
import { tileBoundsLonLat, type Bounds, type TileId } from '../../engine/geo/tile-matrix.js';
import { metatilesOfAreas } from './area-metatiles.js';

const TILE: TileId = { z: 12, x: 2389, y: 2254 };
const WORLD = polygonsCoverage([boxArea([-180, -90, 180, 90])]);
const tileArea = (...tiles: readonly TileId[]): Area =>
  boxArea([
    Math.min(...tiles.map((tile) => tileBoundsLonLat(tile)[0])),
    Math.min(...tiles.map((tile) => tileBoundsLonLat(tile)[1])),
    Math.max(...tiles.map((tile) => tileBoundsLonLat(tile)[2])),
    Math.max(...tiles.map((tile) => tileBoundsLonLat(tile)[3])),
  ]);

describe('metatiles of an area', () => {
  test('a metatile is itself, and not those beside it', () => {
    assert.deepEqual(metatilesOfAreas([tileArea(TILE)], WORLD), [TILE]);
  });

  test('a point-sized area is the metatile that holds it', () => {
    const [west, south] = tileBoundsLonLat(TILE);
    const speck: Bounds = [west + 0.01, south + 0.01, west + 0.0101, south + 0.0101];
    assert.deepEqual(metatilesOfAreas([boxArea(speck)], WORLD), [TILE]);
  });

  test('areas that overlap give each metatile once, from north to south and west to east', () => {
    const next = { ...TILE, x: TILE.x + 1 };
    const below = { ...TILE, y: TILE.y + 1 };
    const areas = [tileArea(below), tileArea(TILE, next), tileArea(TILE)];
    assert.deepEqual(metatilesOfAreas(areas, WORLD), [TILE, next, below]);
  });

  test('of a polygon those outside it are left out', () => {
    const [west, , , north] = tileBoundsLonLat(TILE);
    const [, south, east] = tileBoundsLonLat({ ...TILE, x: TILE.x + 2, y: TILE.y + 2 });
    const triangle: Area = {
      type: 'Polygon',
      coordinates: [
        [
          [west, north],
          [east, north],
          [west, south],
          [west, north],
        ],
      ],
    };
    const found = metatilesOfAreas([triangle], WORLD).map(({ x, y }) => [x - TILE.x, y - TILE.y]);
    assert.deepEqual(found, [[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [0, 2]]); // prettier-ignore
  });

  test('an area is cut to the coverage', () => {
    const zimbabwe = zimbabweCoverage();
    const found = metatilesOfAreas([boxArea([-180, -90, 180, 90])], zimbabwe);
    assert.ok(found.length > 4_000 && found.length < 5_500, `${found.length}`);
    for (const tile of found) assert.ok(zimbabwe.meetsBox(tileBoundsLonLat(tile)));
    assert.deepEqual(metatilesOfAreas([boxArea([0, 0, 1, 1])], zimbabwe), []);
  });
});
