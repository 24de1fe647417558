import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { MemoryObjectStore } from '../../../../cache/memory-store.js';
import { entry, image, text, tiffOf } from '../../../../engine/raster-files/tiff-builder.js';
import { cogTestServer, type CogTestServer } from '../../../e2e/titiler/cog-server.js';
import { parseNpy } from '../../../e2e/titiler/parse-npy.js';
import type { ReadableStore } from '../../../tiles/store-source.js';
import { systemClock } from '../../clock.js';
import { FILE, INSIDE, KEY, testCog, testStore } from './testing.js';

const ALLOW = 's3://geocrop-results/results';
const TILE = `/cog/tiles/WebMercatorQuad/${INSIDE.tile}`;
const at = (path: string, url = FILE): string =>
  `${path}${path.includes('?') ? '&' : '?'}url=${encodeURIComponent(url)}`;

interface Problem {
  readonly code: string;
  readonly detail: string;
}

describe('the COG service', () => {
  let store: MemoryObjectStore;
  let server: CogTestServer;
  let later = 0;
  before(async () => {
    store = await testStore();
    const clock = { ...systemClock, now: () => systemClock.now() + later };
    server = cogTestServer(ALLOW, store, { clock });
  });
  after(() => server.close());

  const problem = async (path: string): Promise<Problem & { status: number }> => {
    const response = await server.get(path);
    assert.equal(response.headers.get('content-type'), 'application/problem+json', path);
    return { ...((await response.json()) as Problem), status: response.status };
  };

  it('says what a file is', async () => {
    const info = (await (await server.get(at('/cog/info'))).json()) as Record<string, unknown>;
    assert.equal(info['crs'], 'http://www.opengis.net/def/crs/EPSG/0/32736');
    assert.equal(info['dtype'], 'uint8');
    assert.equal(info['nodata_value'], 255);
    assert.deepEqual(info['overviews'], [2, 4]);
    const feature = await server.get(at('/cog/info.geojson'));
    assert.equal(feature.headers.get('content-type'), 'application/geo+json');
  });

  it('counts what an expression makes, not what it reads', async () => {
    const expression = Array.from({ length: 32 }, () => 'b1*1.5').join(';');
    const asked = `/cog/preview.npy?width=4096&height=4096&expression=${encodeURIComponent(expression)}`;
    const { status, code } = await problem(at(asked));
    assert.deepEqual([status, code], [422, 'area-too-large']);
  });

  it('says where its tiles are, under the old address and the new one, with what was said of the picture', async () => {
    for (const path of ['/cog/tilejson.json', '/cog/WebMercatorQuad/tilejson.json']) {
      const document = (await (await server.get(at(`${path}?rescale=0,200&tile_format=png`))).json()) as {
        tiles: string[];
        minzoom: number;
        maxzoom: number;
      };
      const [tiles = ''] = document.tiles;
      assert.match(tiles, /^http:\/\/localhost\/cog\/tiles\/WebMercatorQuad\/\{z\}\/\{x\}\/\{y\}\.png\?/);
      const search = new URL(tiles).searchParams;
      assert.equal(search.get('url'), FILE);
      assert.equal(search.get('rescale'), '0,200');
      assert.equal(search.get('tilesize'), '512');
      assert.equal(search.has('tile_format'), false);
      assert.ok(document.minzoom < document.maxzoom);
    }
    const scaled = (await (await server.get(at('/cog/tilejson.json?tile_scale=2'))).json()) as {
      tiles: string[];
    };
    assert.match(scaled.tiles[0] ?? '', /\{y\}@2x\?/);
  });

  it('gives tiles of every size and format', async () => {
    const types: Readonly<Record<string, string>> = {
      '.png': 'image/png',
      '.jpg': 'image/jpg',
      '.jpeg': 'image/jpeg',
      '.webp': 'image/webp',
      '.tif': 'image/tiff; application=geotiff',
      '.npy': 'application/x-binary',
    };
    for (const [extension, type] of Object.entries(types)) {
      const response = await server.get(at(`${TILE}${extension}`));
      assert.equal(response.status, 200, extension);
      assert.equal(response.headers.get('content-type'), type);
      assert.equal(response.headers.get('content-crs'), '<http://www.opengis.net/def/crs/EPSG/0/3857>');
    }
    for (const [path, side] of [
      [`${TILE}@2x.npy`, 512],
      [`${TILE}.npy?tilesize=128`, 128],
      [`/cog/tiles/${INSIDE.tile}.npy`, 256],
    ] as const) {
      const { shape } = parseNpy(new Uint8Array(await (await server.get(at(path))).arrayBuffer()));
      assert.deepEqual(shape, [2, side, side], path);
    }
  });

  it('keeps tiles by what they are of: 304 and memory without another look at the pixels', async () => {
    const first = await server.get(at(`${TILE}.png?rescale=0,100`));
    assert.equal(first.headers.get('x-geocrop-cache'), 'computed');
    assert.match(first.headers.get('cache-control') ?? '', /max-age=300/);
    assert.ok(first.headers.has('last-modified'));
    const etag = first.headers.get('etag') ?? '';
    const again = await server.get(at(`${TILE}.png?rescale=0,100`));
    assert.equal(again.headers.get('x-geocrop-cache'), 'memory');
    assert.equal(again.headers.get('etag'), etag);
    const known = await server.get(at(`${TILE}.png?rescale=0,100`), { 'If-None-Match': etag });
    assert.equal(known.status, 304);
    const other = await server.get(at(`${TILE}.png?rescale=0,101`), { 'If-None-Match': etag });
    assert.equal(other.status, 200);
    const head = await server.app.request(at(`${TILE}.png?rescale=0,100`), { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal((await head.arrayBuffer()).byteLength, 0);
    assert.equal(head.headers.get('etag'), etag);
  });

  it('gives previews, boxes, points and statistics', async () => {
    const picture = async (path: string): Promise<readonly number[]> =>
      parseNpy(new Uint8Array(await (await server.get(at(path))).arrayBuffer())).shape;
    assert.deepEqual(await picture('/cog/preview.npy?max_size=60'), [2, 60, 60]);
    assert.deepEqual(await picture('/cog/preview/40x30.npy'), [2, 30, 40]);
    assert.deepEqual(await picture('/cog/preview?format=npy&width=20'), [2, 20, 20]);
    const box = [INSIDE.lon, INSIDE.lat - 0.01, INSIDE.lon + 0.01, INSIDE.lat].join(',');
    assert.deepEqual(await picture(`/cog/bbox/${box}/50x40.npy`), [2, 40, 50]);
    const [, height = 0, width = 0] = await picture(`/cog/bbox/${box}.npy`);
    assert.ok(width > 90 && height > 90, 'as many pixels as the file has there');
    const metres = [301_000, 8_025_000, 302_000, 8_026_000].join(',');
    assert.deepEqual(await picture(`/cog/bbox/${metres}.npy?coord_crs=EPSG:32736`), [2, 100, 100]);
    const point = (await (await server.get(at(`/cog/point/${INSIDE.lon},${INSIDE.lat}`))).json()) as {
      values: number[];
      band_names: string[];
    };
    assert.equal(point.values.length, 1);
    assert.deepEqual(point.band_names, ['b1']);
    const twice = (await (
      await server.get(at(`/cog/point/${INSIDE.lon},${INSIDE.lat}?expression=b1*2`))
    ).json()) as typeof point;
    assert.equal(twice.values[0], 2 * (point.values[0] ?? NaN));
    const statistics = (await (await server.get(at('/cog/statistics?p=50'))).json()) as {
      b1: Record<string, number>;
    };
    assert.equal(statistics.b1['max'], 199);
    assert.equal(statistics.b1['valid_percent'], 90);
    assert.ok('percentile_50' in statistics.b1);
  });

  it('is 404 outside a file, and where there is none', async () => {
    assert.equal((await problem(at('/cog/tiles/WebMercatorQuad/13/1/1.png'))).code, 'tile-outside-bounds');
    assert.equal((await problem(at('/cog/point/10,10'))).code, 'point-outside-bounds');
    const missing = await problem(at('/cog/info', 's3://geocrop-results/results/none.tif'));
    assert.deepEqual([missing.status, missing.code], [404, 'cog-missing']);
    assert.equal((await server.get(at('/cog/nothing'))).status, 404);
  });

  it('refuses what TiTiler would do and we do not, and says so', async () => {
    for (const name of ['algorithm', 'algorithm_params', 'color_formula', 'access_token']) {
      for (const path of [
        '/cog/preview.png',
        `${TILE}.png`,
        '/cog/statistics',
        `/cog/point/${INSIDE.lon},${INSIDE.lat}`,
        '/cog/WebMercatorQuad/tilejson.json',
      ]) {
        const { status, detail } = await problem(at(`${path}?${name}=x`));
        assert.equal(status, 400, `${path} ${name}`);
        assert.match(detail, new RegExp(`${name} is not supported`));
      }
    }
    for (const name of ['buffer', 'padding']) {
      assert.equal((await problem(at(`${TILE}.png?${name}=1`))).status, 400);
    }
    assert.equal(
      (await server.get(at('/cog/preview.npy?max_size=20&utm_source=x'))).status,
      200,
      'what means nothing',
    );
  });

  it('says what is wrong with a request', async () => {
    const wrong = [
      '/cog/info?url=',
      at('/cog/preview.jp2'),
      at('/cog/preview.png?max_size=0'),
      at('/cog/preview.png?width=-1'),
      at('/cog/preview.png?width=100000'),
      at('/cog/preview/10.png'),
      at('/cog/preview.png?bidx=0'),
      at('/cog/preview.png?bidx=2'),
      at('/cog/preview.png?bidx=one'),
      at('/cog/preview.png?nodata=none'),
      at('/cog/preview.png?unscale=perhaps'),
      at('/cog/preview.png?resampling=magic'),
      at('/cog/preview.png?reproject=gauss'),
      at('/cog/preview.png?rescale=1'),
      at('/cog/preview.png?rescale=1,2,3'),
      at('/cog/preview.png?return_mask=2'),
      at('/cog/preview.png?expression=b1%2B'),
      at('/cog/preview.png?expression=process.exit()'),
      at('/cog/preview.png?colormap_name=nothing'),
      at('/cog/preview.png?colormap=%7B'),
      at('/cog/preview.png?dst_crs=EPSG:1'),
      at('/cog/preview.png?dst_crs=LOCAL_CS[]'),
      at('/cog/bbox/1,2,3.png'),
      at('/cog/bbox/3,2,1,4.png'),
      at('/cog/bbox/1,2,3,4'),
      at('/cog/point/here,there'),
      at('/cog/point/1'),
      at('/cog/tiles/NoSuchSet/1/1/1.png'),
      at('/cog/tiles/WebMercatorQuad/1/1/x.png'),
      at('/cog/tiles/WebMercatorQuad/99/1/1.png'),
      at('/cog/tiles/WebMercatorQuad/1/1/1@9x.png'),
      at('/cog/statistics?p=101'),
      at('/cog/statistics?histogram_bins=0'),
      at('/cog/statistics?histogram_bins=10,5'),
      at('/cog/statistics?histogram_range=1'),
    ];
    for (const path of wrong) assert.equal((await problem(path)).status, 400, path);
  });

  it('shows a file that was replaced, within seconds', async () => {
    const url = 's3://geocrop-results/results/changing.tif';
    await store.put('geocrop-results', 'results/changing.tif', await testCog());
    const value = async (): Promise<number | undefined> => {
      const answer = await server.get(at(`/cog/point/${INSIDE.lon},${INSIDE.lat}`, url));
      return ((await answer.json()) as { values: number[] }).values[0];
    };
    const before = await value();
    await store.put('geocrop-results', 'results/changing.tif', await testCog(7));
    later += 5000;
    assert.equal(await value(), (before ?? NaN) + 7);
  });

  it('never looks into what names other files, nor into what is none', async () => {
    const vrt = vrtOf('/etc/passwd');
    const index =
      '<GDALTileIndexDataset><IndexDataset>/vsicurl/http://127.0.0.1/x.gpkg</IndexDataset></GDALTileIndexDataset>';
    const service =
      '<GDAL_WMS><Service name="TMS"><ServerUrl>http://127.0.0.1/</ServerUrl></Service></GDAL_WMS>';
    const put = async (content: string | Uint8Array): Promise<string> => {
      await store.put('geocrop-results', 'results/other.tif', Buffer.from(content));
      later += 5000;
      return at('/cog/info', 's3://geocrop-results/results/other.tif');
    };
    for (const document of [`  \n${vrt}`, `\ufeff${vrt}`, `<?xml version="1.0"?>${vrt}`, index, service]) {
      const { status, code } = await problem(await put(document));
      assert.deepEqual([status, code], [403, 'url-forbidden'], document);
    }
    // A ZIP archive, a GeoPackage, a text that names a file, nothing at all.
    for (const content of [
      Buffer.from('504b0304140000000800', 'hex'),
      'SQLite format 3\u0000',
      '{"type": "FeatureCollection", "links": [{"href": "/etc/passwd"}]}',
      'no TIFF at all, whatever its name says',
      '',
    ]) {
      assert.equal((await problem(await put(content))).code, 'cog-malformed', String(content));
    }
  });

  it('reads no other file than the one that is asked for, whatever stands beside it or is named in it', async () => {
    const read: string[] = [];
    const spied: ReadableStore = {
      head: (bucket, key) => (read.push(key), store.head(bucket, key)),
      getRange: (bucket, key, ...range) => (read.push(key), store.getRange(bucket, key, ...range)),
    };
    const key = 'results/alone.tif';
    // GDAL takes overviews out of the file that this item of the domain OVERVIEWS names.
    const named =
      '<GDALMetadata><Item name="OVERVIEW_FILE" domain="OVERVIEWS">results/secret.tif</Item></GDALMetadata>';
    await store.put(
      'geocrop-results',
      key,
      tiffOf([image(64, 64, 64, [text(42112, named)])], { blocks: new Uint8Array(4096) }),
    );
    for (const beside of ['.aux.xml', '.ovr', '.msk', '.vrt']) {
      await store.put('geocrop-results', key + beside, Buffer.from(vrtOf('results/secret.tif')));
    }
    const spying = cogTestServer(ALLOW, spied);
    try {
      for (const path of [
        '/cog/info',
        '/cog/preview.png',
        '/cog/preview.png?max_size=20',
        '/cog/statistics',
      ]) {
        assert.equal((await spying.get(at(path, `s3://geocrop-results/${key}`))).status, 200, path);
      }
      assert.deepEqual([...new Set(read)], [key]);
    } finally {
      await spying.close();
    }
  });

  it('reaches nothing that is not allowed, in whatever spelling; the answer tells nothing of it', async () => {
    const spellings = [
      's3://geocrop-results/archive/secret.tif',
      's3://geocrop-models/Ensemble/bundle.json',
      `s3://geocrop-results/results/../${KEY}`,
      's3://geocrop-results/results/%2e%2e/archive/secret.tif',
      'file:///etc/passwd',
      '/etc/passwd',
      '/vsicurl/http://127.0.0.1/x.tif',
      'http://127.0.0.1/x.tif',
      'http://2130706433/x.tif',
      'http://[::ffff:127.0.0.1]/x.tif',
      'https://geocrop-results/results/1/refined.tif',
      '<VRTDataset/>',
      `${FILE}\u0000`,
    ];
    const details = new Set<string>();
    for (const url of spellings) {
      for (const path of [
        '/cog/info',
        '/cog/WebMercatorQuad/tilejson.json',
        `${TILE}.png`,
        '/cog/preview.png',
        '/cog/statistics',
        '/cog/point/31.14,-17.83',
        '/cog/bbox/31,-18,32,-17.png',
      ]) {
        const { status, code, detail } = await problem(at(path, url));
        assert.deepEqual([status, code], [403, 'url-forbidden'], `${path} ${url}`);
        details.add(detail);
      }
    }
    assert.equal(details.size, 1);
    // Encoded once more than a query is.
    const encoded = encodeURIComponent(encodeURIComponent(FILE));
    assert.equal((await problem(`/cog/info?url=${encoded}`)).status, 403);
  });

  it('refuses a picture that would take too much, before it reads a pixel', async () => {
    const place = `${INSIDE.lon},${INSIDE.lat - 0.01},${INSIDE.lon + 0.01},${INSIDE.lat}`;
    const tooLarge = [
      '/cog/preview.npy?width=16000&height=16000',
      // The other side follows from the file's.
      '/cog/preview.npy?width=16000',
      '/cog/preview.npy?height=16000',
      '/cog/statistics?width=16000',
      `${TILE}.npy?tilesize=16000`,
      '/cog/bbox/301000,8025000,305000,8029000/16000x16000.npy?coord_crs=EPSG:32736',
      '/cog/bbox/301000,8025000,305000,8029000.npy?coord_crs=EPSG:32736&height=16000',
      // Warped.
      '/cog/preview.npy?width=16000&dst_crs=EPSG:3857',
      '/cog/preview.npy?height=16000&dst_crs=EPSG:4326',
      `/cog/bbox/${place}/16000x16000.npy`,
      `/cog/bbox/${place}.npy?width=16000`,
      `/cog/bbox/${place}.npy?width=16000&dst_crs=EPSG:3857`,
      // As many pixels as the file has there, which is mostly beside it.
      '/cog/bbox/10,-30,50,-5.npy',
      '/cog/bbox/10,-30,50,-5.npy?dst_crs=EPSG:3857',
    ];
    for (const path of tooLarge) {
      const { status, code } = await problem(at(path));
      assert.deepEqual([status, code], [422, 'area-too-large'], path);
    }
  });

  it('refuses to warp what a file has no overview for', async () => {
    await store.put('geocrop-results', 'results/wide.tif', wideFile());
    const url = 's3://geocrop-results/results/wide.tif';
    const zoom = 4;
    const [x, y] = INSIDE.tile
      .split('/')
      .slice(1)
      .map((index) => Number(index) >> (13 - zoom));
    for (const path of [
      `/cog/tiles/WebMercatorQuad/${zoom}/${x}/${y}.png`,
      '/cog/preview.png?max_size=100&dst_crs=EPSG:3857',
    ]) {
      const { status, code, detail } = await problem(at(path, url));
      assert.deepEqual([status, code], [422, 'area-too-large'], path);
      assert.match(detail, /overview/);
    }
    const near = await server.get(at(`${TILE}.png?tilesize=64`, url));
    assert.equal(near.status, 200, 'a deep zoom is no trouble');
  });

  it('goes by the last url where there are several, and by all rules', async () => {
    const other = encodeURIComponent('s3://geocrop-results/archive/secret.tif');
    assert.equal((await server.get(`/cog/info?url=${other}&url=${encodeURIComponent(FILE)}`)).status, 200);
    assert.equal((await problem(`/cog/info?url=${encodeURIComponent(FILE)}&url=${other}`)).status, 403);
  });
});

const vrtOf = (file: string): string =>
  `<VRTDataset rasterXSize="1" rasterYSize="1"><SourceFilename>${file}</SourceFilename></VRTDataset>`;

/** 40,960 pixels a side, none of them written, without overviews: 36 south at 10 m from where {@link testCog} begins. */
function wideFile(): Uint8Array {
  const [side, block] = [40_960, 1024];
  const blocks = (side / block) ** 2;
  return tiffOf([
    image(side, side, block, [
      entry(324, 'long', ...new Array<number>(blocks).fill(0)),
      entry(325, 'long', ...new Array<number>(blocks).fill(0)),
      entry(33550, 'double', 10, 10, 0),
      entry(33922, 'double', 0, 0, 0, 300_000, 8_030_000, 0),
      // Projected, pixels are areas, EPSG:32736: OGC GeoTIFF 1.1, section 7.
      entry(34735, 'short', 1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32736),
    ]),
  ]);
}
