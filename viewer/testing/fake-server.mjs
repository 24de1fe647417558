// Answers the HTTP API with a made-up map, so that the page can be worked on and tested without the real server.
// `node viewer/testing/fake-server.mjs [--port 8099] [--step 400] [--fail 3] [--archived]` serves dist/viewer beside it.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  BASELINE_CLASSES,
  BASELINE_OF,
  CLASSES,
  hash,
  landAt,
  ndviAt,
  PIXELS_A_YEAR,
  rgbOf,
} from './fake-land.mjs';
import { palettePng, png } from './fake-png.mjs';
import { statisticsAnswer } from './fake-statistics.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const CENTER = [30.0, -17.86, 14];
const CARD = {
  simulated: true,
  trainedOn: 'A simulated season. Says nothing about real fields.',
  accuracy: 0.9312,
  fields: { trained: 280, heldOut: 120 },
  perClass: { maize: { precision: 0.95, recall: 0.97 }, tobacco: { precision: 0.91, recall: 0.88 } },
};
const BOUNDS = [29.93, -17.93, 30.07, -17.79];
const PERIOD = ['2024-09-01', '2025-05-31'];
const RAMP = ['#8c5a2b', '#cfae6a', '#f0ead0', '#9cc47c', '#3f8f4f', '#14532d'];
/** How long an area's computing is waited for. */
const WAITED_MS = 300;
const LAYERS = [
  { name: 'classes', kind: 'classes', title: 'Crop classes' },
  { name: 'truecolor', kind: 'rgb', title: 'True colour' },
  { name: 'confidence', kind: 'percent', title: 'Confidence' },
  { name: 'observations', kind: 'count', title: 'Observations' },
  { name: 'ndvi_peak', kind: 'feature', title: 'ndvi peak' },
  { name: 'ndvi_amplitude', kind: 'feature', title: 'ndvi amplitude' },
  { name: 'nir_median', kind: 'feature', title: 'nir median' },
  { name: 'ndvi_sos', kind: 'feature', title: 'ndvi sos' },
];
/** Of settings.geocrop: another map beneath, and a district. */
const BASE_PICTURE = png(256, (x, y) =>
  x % 64 === 0 || y % 64 === 0 ? [90, 110, 150, 255] : [214, 222, 236, 255],
);
const DISTRICTS = {
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      properties: { shapeName: 'Mazowe' },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [29.95, -17.9],
            [30.05, -17.9],
            [30.05, -17.82],
            [29.95, -17.82],
            [29.95, -17.9],
          ],
        ],
      },
    },
  ],
};
const DATES = Array.from({ length: 24 }, (_, i) =>
  new Date(Date.UTC(2024, 8, 4 + Math.round(i * 11.5))).toISOString().slice(0, 10),
);

/**
 * @param {{ root?: string, auto?: number, archived?: boolean, card?: object }} options
 *   auto: milliseconds between the steps of a tile's way; 0: tiles move only by `set`.
 *   archived: every tile is there from the start.
 */
export async function startFakeServer(options = {}) {
  const root = options.root ?? join(dirname(fileURLToPath(import.meta.url)), '../../dist/viewer');
  const tiles = new Map();
  const streams = new Set();
  const sockets = new Set();
  const timers = new Set();
  const requests = [];
  const map = { season: 'summer', year: 2024, model: 'Ensemble' };
  const asMap = (query) => ({
    season: query.get('season') ?? map.season,
    year: Number(query.get('year') ?? map.year),
    model: query.get('model') ?? map.model,
  });
  /** Tests change these: an outage, a point that fails, how good finished tiles are. */
  const settings = {
    failing: new Map(),
    down: false,
    quality: 'final',
    point: null,
    tilejson: null,
    statistics: null,
    statisticsOf: {},
    /** Share of an area that is computed. */
    computed: 1,
    geocrop: {},
  };

  const send = (event) => {
    for (const { response, map } of streams)
      response.write(`event: tile\ndata: ${JSON.stringify({ map, ...event })}\n\n`);
  };
  const keyOf = (tile) => `${tile.z}/${tile.x}/${tile.y}`;
  const set = (tile, state, extra = {}) => {
    tiles.set(keyOf(tile), state);
    send({ tile, state, ...extra });
  };
  const later = (ms, callback) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      callback();
    }, ms);
    timers.add(timer);
  };

  let line = Promise.resolve();
  const enqueue = (tile) => {
    set(tile, 'queued');
    if (!options.auto) return;
    const pause = () => new Promise((done) => later(options.auto, done));
    line = line.then(async () => {
      for (let p = 0.2; p < 1; p += 0.2) {
        set(tile, 'reading', { progress: p });
        await pause();
      }
      set(tile, 'computing');
      await pause();
      await pause();
      const reason = settings.failing.get(keyOf(tile));
      if (reason === undefined) set(tile, 'ready');
      else set(tile, 'failed', { message: reason });
    });
  };

  const problem = (response, status, code, detail, hint, retryAfter) => {
    response.writeHead(status, {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    });
    response.end(JSON.stringify({ type: 'about:blank', status, title: detail, code, detail, hint }));
  };
  const json = (response, body) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const picture = (response, bytes, headers) => {
    response.writeHead(200, { 'content-type': 'image/png', 'cache-control': 'no-store', ...headers });
    response.end(bytes);
  };

  const tile = (response, address, query) => {
    const layer = query.get('layer') ?? 'classes';
    if (!LAYERS.some((known) => known.name === layer)) {
      return problem(
        response,
        404,
        'unknown-layer',
        `There is no layer '${layer}'.`,
        `Use one of ${LAYERS.map((l) => l.name).join(', ')}.`,
      );
    }
    const low = address.z < 12;
    const state = tiles.get(keyOf(address)) ?? (options.archived || low ? 'archived' : undefined);
    if (state === 'ready' || state === 'archived') {
      return picture(response, paint(address, layer, asMap(query)), {
        'x-geocrop-tile': low ? 'partial' : settings.quality,
        'x-geocrop-cache': state === 'ready' ? 'computed' : 'archive',
      });
    }
    if (state === undefined || state === 'failed') enqueue(address);
    return problem(response, 503, 'not-ready', 'This tile is being computed.', 'Ask again.', 2);
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost');
    requests.push(url.pathname + url.search);
    const path = url.pathname;
    if (settings.down) return void request.socket.destroy();
    const asked = /^\/tiles\/(\d+)\/(\d+)\/(\d+)\.png$/.exec(path);
    const baseline = /^\/baselines\/dw\/(\d+)\/tiles\/(\d+)\/(\d+)\/(\d+)\.png$/.exec(path);
    const point = /^\/point\/([-\d.]+),([-\d.]+)$/.exec(path);
    if (asked) {
      const [z, x, y] = asked.slice(1).map(Number);
      return void tile(response, { z, x, y }, url.searchParams);
    }
    if (baseline) {
      const [, z, x, y] = baseline.slice(1).map(Number);
      return picture(response, paint({ z, x, y }, 'baseline', map), {});
    }
    if (point) {
      if (settings.point !== null) return void problem(response, ...settings.point);
      return json(response, pointAnswer(Number(point[1]), Number(point[2]), map));
    }
    if (path === '/tilejson.json') {
      if (settings.tilejson !== null) return void problem(response, ...settings.tilejson);
      return json(response, tileJson(asMap(url.searchParams), settings, options.card));
    }
    if (path.startsWith('/base/')) return picture(response, BASE_PICTURE, {});
    if (path === '/districts.geojson') return json(response, DISTRICTS);
    if (path === '/legend.json') return json(response, legend(url.searchParams.get('layer') ?? 'classes'));
    if (path === '/statistics') {
      const wrong = settings.statistics ?? settings.statisticsOf[asMap(url.searchParams).year];
      if (wrong) return void problem(response, ...wrong);
      return void bodyOf(request).then((area) => {
        if (url.searchParams.has('wait') && settings.computed < 1)
          return later(WAITED_MS, () =>
            problem(response, 503, 'not-ready', 'The area is being computed.', 'Ask again.', 1),
          );
        const baseline = url.searchParams.get('layer') === 'dynamic_world';
        json(response, statisticsAnswer(area, asMap(url.searchParams), baseline, settings.computed));
      });
    }
    if (/^\/qgis\/\w+\.qlr$/.test(path)) {
      response.writeHead(200, { 'content-type': 'application/x-qgis-layer-definition' });
      return void response.end('<!DOCTYPE qgis-layer-definition><qlr></qlr>');
    }
    if (path === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(': hello\n\n');
      const stream = { response, map: asMap(url.searchParams) };
      streams.add(stream);
      response.on('close', () => streams.delete(stream));
      return;
    }
    const file = normalize(join(root, path === '/' ? 'index.html' : path));
    if (!file.startsWith(normalize(root)) || !existsSync(file)) {
      return void problem(response, 404, 'not-found', `There is nothing at ${path}.`);
    }
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise((done) => server.listen(options.port ?? 0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    requests,
    settings,
    set,
    states: tiles,
    /** All that were asked for and are not ready: what a test lets go. */
    pending: () =>
      [...tiles]
        .filter(([, state]) => !['ready', 'archived', 'failed'].includes(state))
        .map(([key]) => {
          const [z, x, y] = key.split('/').map(Number);
          return { z, x, y };
        }),
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

const painted = new Map();

/** Each picture is made once: what is measured or waited for is the page. */
function paint(address, layer, map) {
  const key = [address.z, address.x, address.y, layer, map.year, map.model].join('/');
  const known = painted.get(key) ?? paintNew(address, layer, map);
  painted.set(key, known);
  return known;
}

function paintNew(address, layer, map) {
  const scale = 2 ** (14 - address.z);
  const place = (x, y) => [
    // Each season has its own fields, each model its own errors.
    Math.floor((address.x * 256 + x + 0.5) * scale) + PIXELS_A_YEAR * (2024 - map.year),
    Math.floor((address.y * 256 + y + 0.5) * scale) + (map.model === 'Ensemble' ? 0 : 3),
  ];
  if (layer === 'truecolor')
    return png(256, (x, y) => {
      const [px, py] = place(x, y);
      const ndvi = ndviAt(px, py, 165);
      const grain = hash(px, py, 3) * 14;
      return [150 - 120 * ndvi + grain, 132 - 50 * ndvi + grain, 104 - 80 * ndvi + grain, 255].map(
        Math.round,
      );
    });
  const { colors, index } = painter(layer);
  return palettePng(256, colors, (x, y) => index(...place(x, y)));
}

const CLEAR = [0, 0, 0, 0];
const opaque = (hex) => [...rgbOf(hex), 255];

/** As the server's palettes: class ids; else 0 to 254 from the ramp's start to its end, and 255 for nothing. */
function painter(layer) {
  if (layer === 'classes')
    return {
      colors: [...CLASSES.map(({ color }) => opaque(color)), CLEAR],
      index: (px, py) => landAt(px, py).id,
    };
  if (layer === 'baseline')
    return {
      colors: [...BASELINE_CLASSES.map(({ color }) => opaque(color)), CLEAR],
      index: (px, py) => BASELINE_OF[landAt(px, py).id],
    };
  const value =
    layer === 'confidence'
      ? (px, py) => (landAt(px, py).edge ? 0.45 : 0.6 + 0.4 * landAt(px, py).vigour)
      : (px, py) => ndviAt(px, py, 165);
  return {
    colors: [...Array.from({ length: 255 }, (_, at) => [...rampColor(at / 254), 255]), CLEAR],
    index: (px, py) => Math.round(254 * Math.min(1, Math.max(0, value(px, py)))),
  };
}

/** The request's body as JSON. */
async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function rampColor(share) {
  const ramp = RAMP.map(rgbOf);
  const at = Math.min(0.9999, share) * (ramp.length - 1);
  const [low, high] = [ramp[Math.floor(at)], ramp[Math.floor(at) + 1]];
  return [0, 1, 2].map((i) => Math.round(low[i] + (high[i] - low[i]) * (at % 1)));
}

function tileJson(map, settings, card) {
  return {
    tilejson: '3.0.0',
    tiles: ['tiles/{z}/{x}/{y}.png'],
    bounds: BOUNDS,
    center: CENTER,
    minzoom: 6,
    maxzoom: 18,
    attribution: 'Contains modified Copernicus Sentinel data 2024–2025 · Dynamic World (CC BY 4.0)',
    geocrop: {
      map,
      version: '0a1b2c3d',
      layers: LAYERS,
      seasons: ['summer', 'winter'],
      years: [2024, 2023, 2022, 2021],
      models: ['Ensemble', 'Demo'],
      computeMinZoom: 12,
      center: CENTER,
      baselineYears: [2021, 2022, 2023, 2024],
      period: PERIOD,
      card: card ?? CARD,
      ...settings.geocrop,
    },
  };
}

function legend(layer) {
  const info = LAYERS.find((known) => known.name === layer) ?? LAYERS[0];
  if (info.kind === 'classes') return { layer, kind: info.kind, title: info.title, classes: CLASSES };
  if (info.kind === 'rgb') return { layer, kind: info.kind, title: info.title };
  const [low, high, unit] =
    info.kind === 'percent'
      ? [0, 100, '%']
      : info.kind === 'count'
        ? [0, 30, 'dates']
        : layer === 'ndvi_sos'
          ? [0, 270, 'days']
          : [0, 1, null];
  return {
    layer,
    kind: info.kind,
    title: info.title,
    unit,
    stops: RAMP.map((color, i) => ({ value: low + ((high - low) * i) / (RAMP.length - 1), color })),
  };
}

function pointAnswer(lon, lat, map) {
  const n = 256 * 2 ** 14;
  const sin = Math.sin((lat * Math.PI) / 180);
  const px = Math.floor(((lon + 180) / 360) * n);
  const py = Math.floor((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * n);
  const land = landAt(px, py);
  const clear = DATES.filter((_, i) => hash(px >> 8, py >> 8, i) > 0.2);
  const day = (date) => (Date.parse(date) - Date.parse(PERIOD[0])) / 86400000;
  const series = clear.map((date) => {
    const ndvi = ndviAt(px, py, day(date));
    return {
      date,
      scene: `S2A_35KQV_${date.replaceAll('-', '')}`,
      reflectance: { red: 0.06, nir: 0.3 },
      ndvi,
      ndre: ndvi * 0.7,
    };
  });
  const shown = new Set(clear);
  const masked = DATES.filter((date) => !shown.has(date)).map((date, i) => ({
    date,
    scene: `S2A_35KQV_${date.replaceAll('-', '')}`,
    reason: ['cloud', 'near-cloud', 'shadow', 'cirrus'][i % 4],
  }));
  const range = { low: Math.min(...series.map((s) => s.ndvi)), high: Math.max(...series.map((s) => s.ndvi)) };
  const weights = CLASSES.map((entry) =>
    entry.id === land.id ? 4 + land.vigour * 5 : hash(px, py, entry.id) * 0.5,
  );
  const sum = weights.reduce((a, b) => a + b);
  const probabilities = Object.fromEntries(CLASSES.map((entry, i) => [entry.name, weights[i] / sum]));
  return {
    lon,
    lat,
    pixel: { x: px, y: py },
    map,
    series,
    masked,
    observations: series.length,
    features: {
      ndvi_peak: range.high,
      ndvi_base: range.low,
      ndvi_amplitude: range.high - range.low,
      ndvi_sos: 96.25,
      ndvi_pos: 160,
      ndvi_eos: 228.5,
      ndvi_los: 132.25,
      ndvi_auc: 102.4,
      ndvi_greenup_rate: 0.0134,
      ndvi_senescence_rate: 0.0121,
      red_median: 0.0612,
    },
    class: {
      id: land.id,
      name: CLASSES[land.id].name,
      confidence: Math.round((100 * weights[land.id]) / sum),
    },
    probabilities,
    scenes: {
      profile: 's2_l2a_c1',
      season: map.season,
      year: map.year,
      metatile: { z: 12, x: 2389, y: 2254 },
      scenes: DATES.map((date, i) => ({
        id: `S2A_35KQV_${date.replaceAll('-', '')}`,
        date,
        cloudCover: Math.round(hash(i, 5) * 60),
      })),
      leftOut: [
        { id: 'S2B_35KQV_20250117', reason: 'clouds cover 87 %, more than 60 %', code: 'cloudy' },
        { id: 'S2B_35KQV_20250206', reason: 'band red could not be read twice', code: 'quarantined' },
      ],
      lookedUpAt: '2025-06-02T08:00:00Z',
      digest: 'f00',
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name, fallback) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? fallback : Number(process.argv[at + 1]);
  };
  const server = await startFakeServer({
    port: option('port', 8099),
    auto: option('step', 400),
    archived: process.argv.includes('--archived'),
  });
  console.log(server.url);
}
