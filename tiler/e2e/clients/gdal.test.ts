import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { withoutGdal } from '../../../engine/encode/gdal-oracle.js';
import { tileBoundsMercator } from '../../../engine/geo/tile-matrix.js';
import { gdalTiles } from '../../qgis/gdal-tiles.js';
import { mercatorBounds } from '../../wmts/tile-matrix-set.js';
import { LOOK, runClient, startClientServer, type ClientServer } from './client-server.js';

interface Facts {
  readonly epsg: string;
  readonly size: readonly [number, number];
  /** EPSG:3857 metres of the upper left corner. */
  readonly corner: readonly [number, number];
  readonly resolution: number;
  readonly overviews: number;
  readonly nodata: string;
}
interface Pixels {
  /** Interleaved by pixel. */
  readonly path: string;
  readonly bands: number;
  readonly type: string;
}
interface GdalClientView {
  readonly subdatasets: readonly string[];
  readonly whole: Facts;
  readonly wmts: Readonly<Record<string, Facts & Pixels>>;
  readonly values: Readonly<Record<string, Facts & Pixels>>;
  readonly xyz: Pixels;
}

/** Layers whose numbers QGIS is given through GDAL. */
const VALUES = {
  classes: 'classes',
  confidence: 'percent',
  observations: 'count',
  ndvi_peak: 'feature',
} as const;

describe('GDAL', { skip: withoutGdal }, () => {
  let folder: string;
  let server: ClientServer;
  let view: GdalClientView;
  const { z, x, y } = LOOK;
  const body = async (path: string): Promise<Buffer> =>
    Buffer.from(await (await fetch(`${server.url}${path}`)).arrayBuffer());
  const picture = async (path: string): Promise<Buffer> =>
    sharp(await body(path))
      .ensureAlpha()
      .raw()
      .toBuffer();
  /** RGBA; what is transparent has whatever colour. */
  const same = (actual: Buffer, expected: Buffer, what: string): void => {
    assert.equal(actual.length, expected.length, what);
    for (let at = 3; at < expected.length; at += 4) {
      if (expected[at] === 0 && actual[at] === 0) expected.copy(actual, at - 3, at - 3, at);
    }
    assert.ok(actual.equals(expected), what);
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'geocrop-gdal-'));
    server = await startClientServer();
    for (const [layer, kind] of Object.entries(VALUES)) {
      const template = `${server.url}/tiles/{z}/{x}/{y}.tif?layer=${layer}&wait=50`;
      writeFileSync(join(folder, `${layer}.xml`), gdalTiles(kind, template, server.service.bounds()) ?? '');
    }
    view = await runClient('osgeo_utils.samples.validate_cloud_optimized_geotiff', 'gdal_client.py', [
      ...[server.url, folder],
      ...[z, x, y].map(String),
    ]);
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('lists the layers of the WMTS', () => {
    const names = view.subdatasets.map((name) => /layer=(\w+)/.exec(name)?.[1]);
    assert.deepEqual(names, [
      'classes',
      'confidence',
      'observations',
      'truecolor',
      'ndvi_peak',
      'dynamic_world',
    ]);
  });

  test('sees the map in its place, and no further than it goes', () => {
    const { epsg, corner, resolution, size } = view.whole;
    const [west, south, east, north] = mercatorBounds(server.service.bounds());
    assert.equal(epsg, '3857');
    const pixel = (2 * 20037508.342789244) / (256 * 2 ** 18);
    assert.ok(Math.abs(resolution - pixel) < 1e-9);
    for (const [actual, expected] of [
      [corner[0], west],
      [corner[1], north],
      [corner[0] + size[0] * resolution, east],
      [corner[1] - size[1] * resolution, south],
    ] as const) {
      assert.ok(Math.abs(actual - expected) <= 2 * pixel, `${actual} ${expected}`);
    }
  });

  test('shows by WMTS what the tile route shows, pixel for pixel', async () => {
    for (const [layer, { path, bands }] of Object.entries(view.wmts)) {
      const address =
        layer === 'dynamic_world'
          ? `/baselines/dw/2020/tiles/${z}/${x}/${y}.png`
          : `/tiles/${z}/${x}/${y}.png?layer=${layer}`;
      assert.equal(bands, 4);
      same(readFileSync(path), await picture(address), layer);
    }
  });

  test('shows by XYZ the same', async () => {
    same(readFileSync(view.xyz.path), await picture(`/tiles/${z}/${x}/${y}.png?layer=classes`), 'xyz');
  });

  test('reads the numbers, in their place, as QGIS does', async () => {
    const types = { classes: 'Byte', confidence: 'Byte', observations: 'Byte', ndvi_peak: 'Float32' };
    const nodata = { classes: '255.0', confidence: '255.0', observations: 'None', ndvi_peak: 'nan' };
    for (const layer of Object.keys(VALUES) as (keyof typeof VALUES)[]) {
      const {
        path,
        type,
        nodata: none,
        corner,
        resolution,
        overviews,
      } = view.values[layer] ?? assert.fail(layer);
      assert.deepEqual([type, none], [types[layer], nodata[layer]], layer);
      const npy = await body(`/tiles/${z}/${x}/${y}.npy?layer=${layer}`);
      const actual = readFileSync(path);
      assert.ok(npy.subarray(npy.length - actual.length).equals(actual), layer);
      // The first pixel of every overview is the first of a tile: at zoom 6 too.
      const [west, , , north] = tileBoundsMercator({ z: 6, x: Math.floor(x / 256), y: Math.floor(y / 256) });
      const step = 256 * 256 * resolution;
      assert.ok(
        Math.abs(((west - corner[0]) / step) % 1) < 1e-6 && Math.abs(((north - corner[1]) / step) % 1) < 1e-6,
      );
      assert.equal(overviews, 8);
    }
  });

  test('asks for tiles under the version that edges may keep, and waits', () => {
    const tiles = server.asked.filter((path) => path.startsWith('/wmts/1.0.0/classes/'));
    assert.ok(tiles.length > 0);
    for (const path of tiles) assert.match(path, /\.png\?v=[0-9a-f]{8}&wait=50$/);
  });
});
