import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { pythonWith } from '../../../engine/encode/gdal-oracle.js';
import { sentenceCase } from '../../legend/words.js';
import { DYNAMIC_WORLD } from '../../render/dynamic-world.js';
import { LOOK, runClient, startClientServer, type ClientServer } from './client-server.js';

const skip = pythonWith('qgis.core') === null ? 'needs QGIS: apt-get install python3-qgis' : false;

interface QgisLayerView {
  readonly name: string;
  readonly valid: boolean;
  readonly error: string;
  readonly provider: string;
  readonly source: string;
  readonly crs: string;
  readonly extent: readonly number[];
  readonly rights: readonly string[];
  readonly attribution: string;
  readonly render: { readonly path: string; readonly errors: readonly string[] };
  readonly legend: readonly LegendNode[];
  readonly identify: Readonly<Record<string, string | number>>;
  /** Whether Identify would ask for features, which this QGIS cannot read from GeoJSON. */
  readonly features: boolean;
}
interface LegendNode {
  readonly kind: string;
  readonly text: string;
  readonly color?: string;
  readonly picture?: string | null;
}
interface QgisView {
  readonly qlr: Readonly<
    Record<
      string,
      {
        readonly ok: boolean;
        readonly message: string;
        readonly groups: readonly string[];
        readonly shown: readonly boolean[];
        readonly layers: readonly QgisLayerView[];
      }
    >
  >;
  readonly xyz: QgisLayerView;
  readonly styles: Readonly<
    Record<string, QgisLayerView & { readonly ok: boolean; readonly message: string }>
  >;
}

const LAYERS = ['classes', 'confidence', 'observations', 'truecolor', 'ndvi_peak', 'dynamic_world'] as const;

describe('QGIS', { skip }, () => {
  let folder: string;
  let server: ClientServer;
  let view: QgisView;
  const { z, x, y } = LOOK;
  const body = async (path: string): Promise<Buffer> =>
    Buffer.from(await (await fetch(`${server.url}${path}`)).arrayBuffer());
  const tilePath = (layer: string): string =>
    layer === 'dynamic_world'
      ? `/baselines/dw/2020/tiles/${z}/${x}/${y}.png`
      : `/tiles/${z}/${x}/${y}.png?layer=${layer}`;
  const rgba = async (png: Buffer | string): Promise<Buffer> => sharp(png).ensureAlpha().raw().toBuffer();
  const shownLayer = (layer: string): QgisLayerView => view.qlr[layer]?.layers[0] ?? assert.fail(layer);
  const numbersLayer = (layer: string): QgisLayerView => view.qlr[layer]?.layers[1] ?? assert.fail(layer);

  /** Most of how far any channel is from what it should be. */
  async function difference(actual: string, expected: Buffer): Promise<number> {
    const [a, b] = [await rgba(actual), await rgba(expected)];
    assert.equal(a.length, b.length);
    let most = 0;
    for (let at = 0; at < a.length; at += 1) {
      // What is transparent has whatever colour.
      if (a[at | 3] === 0 && b[at | 3] === 0) continue;
      most = Math.max(most, Math.abs((a[at] ?? 0) - (b[at] ?? 0)));
    }
    return most;
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'geocrop-qgis-'));
    mkdirSync(join(folder, 'home'), { mode: 0o700 });
    server = await startClientServer();
    // What Identify reads is in the archive of a real server.
    const values = server.service.values.bind(server.service);
    server.service.values = (map, layer, tile, wish) =>
      values(map, layer, tile, { ...wish, mayCompute: true });
    view = await runClient(
      'qgis.core',
      'qgis_client.py',
      [server.url, folder, ...[z, x, y].map(String), ...LAYERS],
      { HOME: join(folder, 'home'), XDG_RUNTIME_DIR: join(folder, 'home'), QT_QPA_PLATFORM: 'offscreen' },
    );
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('opens the layer definition of every product and of Dynamic World', () => {
    for (const layer of LAYERS) {
      const { ok, message, groups, shown, layers } = view.qlr[layer] ?? assert.fail(layer);
      assert.ok(ok, message);
      assert.equal(groups.length, 1);
      assert.match(groups[0] ?? '', /, Summer 202[01](\/21)?(, model Ensemble)?$/);
      // The map first; its numbers, where it has any, hidden.
      assert.deepEqual(shown, layer === 'truecolor' ? [true] : [true, false]);
      for (const { valid, error, crs } of layers) {
        assert.ok(valid, error);
        assert.equal(crs, 'EPSG:3857');
      }
    }
  });

  test('draws each map as our tiles are', async () => {
    for (const layer of LAYERS) {
      const { render } = shownLayer(layer);
      assert.deepEqual(render.errors, []);
      assert.equal(await difference(render.path, await body(tilePath(layer))), 0, layer);
    }
    assert.equal(await difference(view.xyz.render.path, await body(tilePath('classes'))), 0, 'xyz');
  });

  test('draws the numbers in the same colours', async () => {
    for (const layer of ['classes', 'dynamic_world']) {
      assert.equal(await difference(numbersLayer(layer).render.path, await body(tilePath(layer))), 0, layer);
    }
    // Between the ramp's stops colours are interpolated: no channel is further off than eyes see.
    for (const layer of ['confidence', 'observations', 'ndvi_peak']) {
      const most = await difference(numbersLayer(layer).render.path, await body(tilePath(layer)));
      assert.ok(most <= 3, `${layer}: ${most}`);
    }
  });

  test('shows the names of the classes in the legend, with their colours', async () => {
    const names = (layer: QgisLayerView): (readonly [string, string | undefined])[] =>
      layer.legend
        .filter(({ kind }) => kind === 'QgsRasterSymbolLegendNode')
        .map(({ text, color }) => [text, color]);
    const { service } = server;
    const classes = service.legend(service.resolveMap({}));
    assert.deepEqual(
      names(numbersLayer('classes')),
      classes.map(({ name, color }) => [sentenceCase(name), color]),
    );
    assert.deepEqual(
      names(numbersLayer('dynamic_world')),
      DYNAMIC_WORLD.map(({ name, color }) => [sentenceCase(name), color]),
    );
    // Nothing else: not the band's name, which says nothing to people.
    assert.equal(numbersLayer('classes').legend.length, classes.length);
    assert.deepEqual(
      numbersLayer('ndvi_peak').legend.map(({ kind }) => kind),
      ['QgsColorRampLegendNode'],
    );
    // The map's own legend is our picture of it.
    for (const layer of LAYERS) {
      const picture = shownLayer(layer).legend[0]?.picture ?? assert.fail(layer);
      const query = layer === 'dynamic_world' ? '' : '&season=summer&year=2021&model=Ensemble';
      assert.equal(
        await difference(picture, await body(`/legend.png?layer=${layer}${query}&title=0`)),
        0,
        layer,
      );
    }
  });

  test('names the class and its confidence, or the value, where somebody clicks', async () => {
    const npy = await body(`/tiles/${z}/${x}/${y}.npy?layer=classes`);
    const id = npy[npy.length - 65536 + 7 * 256 + 5] ?? NaN;
    const { service } = server;
    const name = sentenceCase(service.legend(service.resolveMap({}))[id]?.name ?? '');
    const page = String(shownLayer('classes').identify['0']);
    assert.match(page, new RegExp(`<td>${name}</td>`));
    assert.match(page, /Confidence \(%\)/);
    assert.equal(numbersLayer('classes').identify['1'], id);
    // Of several formats QGIS would take this one first, and cannot read it.
    assert.ok(!shownLayer('classes').features);
  });

  test('knows where the map is, and whom to credit', () => {
    const [west = 0, south = 0, east = 0, north = 0] = shownLayer('classes').extent;
    for (const [actual, lon] of [
      [west, 25],
      [east, 33.1],
    ] as const) {
      assert.ok(Math.abs((actual / 20037508.342789244) * 180 - lon) < 1e-3, `${actual}`);
    }
    assert.ok(south < north);
    for (const layer of LAYERS) {
      for (const { rights, attribution } of view.qlr[layer]?.layers ?? []) {
        assert.match(attribution, /Contains modified Copernicus Sentinel data/);
        assert.deepEqual(rights, [attribution]);
      }
    }
    assert.match(shownLayer('dynamic_world').attribution, /Dynamic World Project/);
  });

  test('waits for tiles, under the version that edges may keep', () => {
    const tiles = server.asked.filter((path) => /REQUEST=GetTile/.test(path) && /LAYER=classes/.test(path));
    assert.ok(tiles.length > 0);
    for (const path of tiles) assert.match(path, /\?v=[0-9a-f]{8}&wait=50&/);
    const numbers = server.asked.filter((path) => /\.tif\?/.test(path) && /wait=/.test(path));
    assert.ok(numbers.length > 0);
    for (const path of numbers) assert.match(path, /&v=[0-9a-f]{8}&wait=50$/);
  });

  test('takes the style for files with numbers', async () => {
    const classes = view.styles['classes'] ?? assert.fail('classes');
    assert.ok(classes.ok, classes.message);
    assert.deepEqual(
      classes.legend.filter(({ color }) => color !== undefined).map(({ text }) => text),
      ['Maize', 'Tobacco', 'Water'],
    );
    assert.equal(await difference(classes.render.path, await body(tilePath('classes'))), 0);
    const ramp = view.styles['ndvi_peak'] ?? assert.fail('ndvi_peak');
    assert.ok(ramp.ok, ramp.message);
    assert.ok(ramp.legend.some(({ kind }) => kind === 'QgsColorRampLegendNode'));
  });

  test('is given files that end as it expects', () => {
    for (const layer of LAYERS) {
      const text = readFileSync(join(folder, `${layer}.qlr`), 'utf8');
      assert.match(
        text,
        /^<\?xml version="1.0" encoding="UTF-8"\?>\n<!DOCTYPE qgis-layer-definition>\n<qlr>/,
      );
      assert.match(text, /wait%3D50|wait=50/);
    }
  });
});
