import assert from 'node:assert/strict';
import { test } from 'node:test';
import proj4 from 'proj4';
import { rasterioRun, withoutRasterio } from '../../encode/gdal-oracle.js';
import { crsOfEpsg } from './epsg.js';

/** Codes, and a place in the area of each: longitude and latitude. */
const EXACT: readonly (readonly [number, number, number])[] = [
  [32735, 28.2, -19.3],
  [32631, 4.5, 51.2],
  [3857, 31, -17.8],
  [4258, 10, 50],
  [2193, 175, -41],
  [3577, 134, -25],
  [3035, 8, 48],
  [2154, 2, 47],
  [3031, 20, -78],
  [3995, 20, 78],
  [3413, -40, 75],
  [2053, 30, -20],
  [2263, -73.9, 40.7],
  [5070, -96, 38],
  [6933, 31, -17.8],
  [26913, -105, 40],
];
/** PROJ has several shifts for these, and grids for some. */
const NEARLY: readonly (readonly [number, number, number])[] = [
  [27700, -1.5, 52.5],
  [28992, 5.4, 52.2],
  [31370, 4.4, 50.8],
  [2056, 7.5, 47],
  [21781, 8.5, 47.2],
  [31467, 9.2, 50],
  [5514, 15, 49.8],
  [2039, 35, 31.5],
  [2100, 24, 38],
  [3405, 105.5, 21],
  [21035, 29, 1],
];

const TRANSFORM = `
import json, sys
from rasterio.warp import transform
print(json.dumps([transform('EPSG:4326', f'EPSG:{code}', [lon], [lat]) for code, lon, lat in json.loads(sys.argv[1])]))
`;

test('reference systems by code put places where PROJ puts them', { skip: withoutRasterio }, async () => {
  const all = [...EXACT, ...NEARLY];
  const answers = JSON.parse(rasterioRun(TRANSFORM, JSON.stringify(all)).toString('utf8')) as [
    number[],
    number[],
  ][];
  for (const [i, [code, lon, lat]] of all.entries()) {
    const crs = await crsOfEpsg(code);
    assert.ok(crs !== null, `EPSG:${code}`);
    const [x = NaN, y = NaN] = proj4('+proj=longlat +datum=WGS84 +no_defs', crs.proj).forward([lon, lat]);
    const [[expectedX = NaN] = [], [expectedY = NaN] = []] = answers[i]!;
    const metres =
      Math.max(Math.abs(x - expectedX), Math.abs(y - expectedY)) * (crs.geographic ? 111_320 : 1);
    const most = i < EXACT.length ? 0.02 : 10;
    assert.ok(metres < most, `EPSG:${code}: ${x}, ${y} is ${metres} m from ${expectedX}, ${expectedY}`);
  }
});

test('codes that are no reference system of rasters are not known', async () => {
  for (const code of [12345, 5703, 0]) assert.equal(await crsOfEpsg(code), null, `EPSG:${code}`);
});
