import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fromArrayBuffer } from 'geotiff';
import { lonLatToPixel, pixelCentreLonLat, TILE_SIZE, type TileId } from '../../../engine/geo/tile-matrix.js';
import { SIMULATED_CLASSES } from '../../demo/classes.js';
import { simulatedTruth } from '../../demo/truth.js';
import { eventually } from '../../queue/eventually.js';
import { npyValues } from '../stage.js';
import { serving, type Serving } from './geocrop-process.js';
import { demoFolder, SEASON, testSeason } from './test-season.js';

/** The demo's z14 tile that 30° E crosses, and its neighbours of the same metatile: one is computed, the rest come with it. */
const MIDDLE = tileAt(30, -17.83);
const TILES: readonly TileId[] = [-1, 0, 1].map((east) => ({ ...MIDDLE, x: MIDDLE.x + east }));
/** In another metatile. */
const NORTH: TileId = { ...MIDDLE, y: MIDDLE.y - 1 };
/** Of the pixels of these, the share that must have the true class. */
const ACCURACY = 0.85;
/** A pixel whose ground is of one class this far around, in pixels, is not on the edge of a field. */
const MARGIN = 2;
const MAX_SEASON_BYTES = 300e6;
const LIMIT_MS = 120_000;

function tileAt(lon: number, lat: number): TileId {
  const { x, y } = lonLatToPixel(14, lon, lat);
  return { z: 14, x: Math.floor(x / TILE_SIZE), y: Math.floor(y / TILE_SIZE) };
}

describe('geocrop demo', () => {
  let folder: Awaited<ReturnType<typeof demoFolder>>;
  let server: Serving;
  /** ETag and bytes of the first process, by path. */
  const seen = new Map<string, { etag: string; body: Buffer }>();

  const start = (): Promise<Serving> => serving(['demo', '--port', '0', '--no-open', '--dir', folder.dir]);
  const path = ({ z, x, y }: TileId, format: string): string => `/tiles/${z}/${x}/${y}${format}?wait=55`;
  /** Asks again as long as the server says so: how fast a tile is computed is no matter of this test. */
  async function get(url: string, headers: Record<string, string> = {}): Promise<Response> {
    const response = await fetch(server.url + url, { headers });
    return response.status === 503 ? get(url, headers) : response;
  }

  before(async () => {
    await testSeason();
    folder = await demoFolder();
    server = await start();
  });
  after(async () => {
    await server.stop('SIGKILL');
    await folder.remove();
  });

  test('says where it is, and shows a page', async () => {
    assert.match(server.err(), /A simulated season[^]*http:\/\/127\.0\.0\.1:\d+\/[^]*Ctrl-C/);
    const page = await get('/');
    assert.equal(page.status, 200);
    assert.match(page.headers.get('Content-Type') ?? '', /^text\/html/);
    assert.match(await page.text(), /<title>[^<]*GeoCrop/);
  });

  test('a season on the disk is small, and is made once', async () => {
    const { files } = JSON.parse(await readFile(join(SEASON, 'finished.json'), 'utf8')) as {
      files: [string, number][];
    };
    let bytes = 0;
    for (const [file] of files) bytes += (await stat(join(SEASON, file))).size;
    assert.ok(bytes < MAX_SEASON_BYTES, `${bytes} bytes`);
    assert.doesNotMatch(server.err(), /Simulating/);
  });

  test('tiles on both sides of 30° E in every format', async () => {
    const types = { '.png': 'image/png', '.tif': 'image/tiff', '.npy': 'application/octet-stream' };
    for (const tile of TILES) {
      for (const [format, type] of Object.entries(types)) {
        const url = path(tile, format);
        const response = await get(url, { Origin: 'https://elsewhere.example' });
        assert.equal(response.status, 200, url);
        const { headers } = response;
        assert.match(headers.get('Content-Type') ?? '', new RegExp(`^${type}`));
        assert.equal(headers.get('X-GeoCrop-Tile'), 'final');
        assert.match(headers.get('X-GeoCrop-Cache') ?? '', /^(computed|archive|memory)$/);
        assert.match(headers.get('Cache-Control') ?? '', /^public, max-age=300, must-revalidate$/);
        assert.match(headers.get('Last-Modified') ?? '', /^\w{3}, 12 May 2025 /);
        assert.match(headers.get('Server-Timing') ?? '', /total;dur=/);
        assert.equal(headers.get('Access-Control-Allow-Origin'), '*');
        assert.match(headers.get('Access-Control-Expose-Headers') ?? '', /ETag/);
        const etag = headers.get('ETag');
        assert.match(etag ?? '', /^"[^"]+"$/);
        seen.set(url, { etag: etag as string, body: Buffer.from(await response.arrayBuffer()) });
      }
    }
    assert.equal(new Set([...seen.values()].map(({ etag }) => etag)).size, seen.size);
  });

  test('the .tif, the .npy and the .png are one tile', async () => {
    for (const tile of TILES) {
      const values = await npyValues(new Response(body(path(tile, '.npy'))));
      assert.equal(values.length, TILE_SIZE ** 2);
      const bytes = body(path(tile, '.tif'));
      const image = await (await fromArrayBuffer(new Uint8Array(bytes).buffer)).getImage();
      const [band] = (await image.readRasters()) as unknown as Uint8Array[];
      assert.deepEqual(Buffer.from(band as Uint8Array), Buffer.from(values));
      const picture = body(path(tile, '.png'));
      assert.equal(picture.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n');
      assert.deepEqual([picture.readUInt32BE(16), picture.readUInt32BE(20)], [TILE_SIZE, TILE_SIZE]);
    }
  });

  test('the map is true', async () => {
    const truth = simulatedTruth();
    let right = 0;
    let counted = 0;
    for (const tile of TILES) {
      const values = await npyValues(new Response(body(path(tile, '.npy'))));
      values.forEach((id, i) => {
        const x = tile.x * TILE_SIZE + (i % TILE_SIZE);
        const y = tile.y * TILE_SIZE + Math.floor(i / TILE_SIZE);
        const at = (dx: number, dy: number): string => truth(...pixelCentreLonLat(14, x + dx, y + dy));
        const name = at(0, 0);
        for (const dx of [-MARGIN, 0, MARGIN]) {
          for (const dy of [-MARGIN, 0, MARGIN]) if (at(dx, dy) !== name) return;
        }
        counted += 1;
        if (SIMULATED_CLASSES[id] === name) right += 1;
      });
    }
    assert.ok(counted > TILE_SIZE ** 2, `${counted} pixels inside of fields`);
    assert.ok(right / counted >= ACCURACY, `${right} of ${counted} pixels are right`);
  });

  test('the classes are those that the truth has', async () => {
    const { classes } = (await (await get('/legend.json')).json()) as { classes: { name: string }[] };
    assert.deepEqual(
      classes.map(({ name }) => name),
      [...SIMULATED_CLASSES],
    );
  });

  test('SIGTERM ends it; a second process serves the same bytes from the archive', async () => {
    const made = await stat(join(SEASON, 'finished.json'));
    await eventually(
      'all that was begun is archived',
      async () => {
        const metrics = await (await get('/metrics')).text();
        return /^geocrop_running_metatiles 0$/m.test(metrics) && /^geocrop_queue_metatiles 0$/m.test(metrics);
      },
      LIMIT_MS,
    );
    const { code } = await server.stop();
    assert.equal(code, 0);
    server = await start();
    for (const [url, { etag, body }] of seen) {
      const response = await get(url);
      assert.equal(response.headers.get('ETag'), etag, url);
      assert.equal(response.headers.get('X-GeoCrop-Cache'), 'archive', url);
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), body, url);
      assert.equal((await get(url, { 'If-None-Match': etag })).status, 304);
    }
    assert.doesNotMatch(server.err(), /Simulating/);
    const still = await stat(join(SEASON, 'finished.json'));
    assert.deepEqual([still.ino, still.mtimeMs], [made.ino, made.mtimeMs]);
  });

  test('SIGTERM ends it while a tile is computed, and who waits gets an answer', async () => {
    const events = await fetch(`${server.url}/events`);
    const waiting = fetch(server.url + path(NORTH, '.npy')).then(async (answer) => {
      await answer.arrayBuffer();
      return answer.status;
    });
    await Promise.race([untilReading(events), waiting.then(() => assert.fail('it was there already'))]);
    // 0 also says that it was in time: what is not done after ten seconds is cut, which is 1.
    const [{ code, err }, status] = await Promise.all([server.stop(), waiting]);
    assert.equal(code, 0, err);
    assert.ok([200, 503].includes(status), String(status));
  });

  test('what was cut off is made again', async () => {
    server = await start();
    const response = await get(path(NORTH, '.npy'));
    assert.equal(response.headers.get('X-GeoCrop-Tile'), 'final');
  });

  function body(url: string): Buffer {
    const found = seen.get(url);
    assert.ok(found, url);
    return found.body;
  }
});

/** Reads the stream of events until a tile's scenes are read. */
async function untilReading(events: Response): Promise<void> {
  let text = '';
  for await (const chunk of (events.body as ReadableStream<Uint8Array>).pipeThrough(
    new TextDecoderStream(),
  )) {
    text += chunk;
    if (text.includes('"state":"reading"')) return;
  }
  assert.fail(`the stream ended: ${text}`);
}
