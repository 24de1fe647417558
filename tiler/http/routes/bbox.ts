import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { GeoCropError } from '../../../engine/errors.js';
import type { Bounds } from '../../../engine/geo/tile-matrix.js';
import type { AreaService, BoxAsk, PlannedBox, WrittenBox } from '../../areas/area-service.js';
import { askedLayer } from '../asked-layer.js';
import { baselineOf } from '../baseline-year.js';
import { NO_STORE, tileCacheControl } from '../caching.js';
import type { AppDeps, Handler } from '../deps.js';
import { entityTag, matchesIfNoneMatch } from '../etag.js';
import { SHOWN_PARAMETERS, WAIT } from '../parameters.js';
import { KEY_HEADER, mayCompute } from '../permission.js';
import { WAITED_HEADER, given, parseWait, parseYear, type Query } from '../query.js';
import type { Operation, RouteMaker } from '../route.js';
import { BASELINE_LAYER } from '../shown-layer.js';

const STYLE: ReadonlySet<string> = new Set(['colormap', 'rescale']);

const BBOX_OPERATION: Operation = {
  summary: 'The archived pixels of a box as one GeoTIFF',
  description:
    'A Cloud Optimized GeoTIFF in EPSG:3857 at the native 9 m, every pixel that the box touches. What is not computed yet is nodata, and `X-GeoCrop-Tile` says `partial`.',
  tag: 'areas',
  parameters: [
    {
      name: 'bbox',
      in: 'path',
      required: true,
      description: 'West, south, east, north in degrees, then `.tif`.',
      schema: { type: 'string', pattern: '^-?[0-9.]+(,-?[0-9.]+){3}\\.tif$' },
      example: '29.98,-17.82,30.0,-17.8.tif',
    },
    ...SHOWN_PARAMETERS.filter(({ name }) => !STYLE.has(name)),
    {
      name: 'v',
      in: 'query',
      description: 'Version of the map: with the current one the answer is kept for a year.',
      schema: { type: 'string' },
    },
    {
      ...WAIT,
      description:
        'Has what is not computed yet computed, and waits for it so many seconds: 503 with Retry-After until it is there. Without: what is archived.',
    },
  ],
  answers: {
    200: {
      description: 'The file',
      content: {
        'image/tiff; application=geotiff; profile=cloud-optimized': { type: 'string', format: 'binary' },
      },
    },
    304: { description: 'What `If-None-Match` names is still the file.' },
  },
};

const CONTENT_TYPE = 'image/tiff; application=geotiff; profile=cloud-optimized';

/** GET /bbox/{minx},{miny},{maxx},{maxy}.tif: the archived pixels of a layer in a box. */
export const bboxRoutes: RouteMaker = (deps) =>
  deps.areas === undefined
    ? []
    : [
        {
          method: 'get',
          path: '/bbox/:bbox',
          operation: BBOX_OPERATION,
          handler: bboxRoute(deps, deps.areas),
        },
      ];

interface AskedBox {
  readonly of: BoxAsk['of'];
  /** What `v` is for what is there now. */
  readonly version: string;
  /** For the log. */
  readonly about: Readonly<Record<string, unknown>>;
}

function bboxRoute({ service, config, baselines }: AppDeps, areas: AreaService): Handler {
  const askedOf = async (query: Query): Promise<AskedBox> => {
    if (query('layer') === BASELINE_LAYER.name) {
      const asked = given(query('year'));
      const { year, digest } = await baselineOf(
        baselines,
        asked === undefined ? undefined : parseYear(asked),
      );
      return {
        of: { kind: 'baseline', year },
        version: digest.slice(0, 8),
        about: { layer: BASELINE_LAYER.name, year },
      };
    }
    // A file's colours are the map's own.
    const { map, layer } = askedLayer(service, (name) => (STYLE.has(name) ? undefined : query(name)));
    return {
      of: { kind: 'map', map, layer: layer.name },
      version: service.version(map),
      about: { layer: layer.name, ...map },
    };
  };
  return async (c) => {
    const query = (name: string): string | undefined => c.req.query(name);
    const signal = c.get('signal');
    const bounds = parseBox(c.req.param('bbox') ?? '');
    const wait = given(query('wait'));
    const waitMs = parseWait(wait, config.waitSeconds, c.req.header(WAITED_HEADER));
    const may = mayCompute(config, c.req.header(KEY_HEADER));
    const { of, version, about } = await askedOf(query);
    const compute = wait !== undefined && may ? { waitMs } : null;
    const box = await areas.box({ bounds, of, compute, signal });
    if (wait !== undefined && !may && box.state === 'partial') {
      throw new GeoCropError(
        'not-computed',
        'Some of the box is not computed yet, and you may have nothing computed.',
        {
          hint: `Leave \`wait\` out to have what is there, or send the key as ${KEY_HEADER}.`,
        },
      );
    }
    Object.assign(c.get('wide'), { ...about, state: box.state });
    const headers = headersOf(box, query('v') === version);
    if (matchesIfNoneMatch(c.req.header('If-None-Match'), headers.ETag)) {
      return new Response(null, { status: 304, headers });
    }
    if (c.req.method === 'HEAD') return new Response(null, { headers: { ...headers, ...fileHeaders(box) } });
    const written = await box.write(signal);
    const { ETag: _, ...untagged } = headers;
    return new Response(bodyOf(written), {
      headers: {
        // Something went wrong meanwhile: it is not what the tag says.
        ...(written.partial && box.state !== 'partial'
          ? { ...untagged, 'X-GeoCrop-Tile': 'partial', 'Cache-Control': NO_STORE }
          : headers),
        ...fileHeaders(box),
        'Content-Length': String(written.bytes),
      },
    });
  };
}

/** @throws bad-request */
export function parseBox(text: string): Bounds {
  const match = /^(.+)\.tiff?$/.exec(text);
  const numbers = (match?.[1] ?? '')
    .split(',')
    .map((part) => (/^-?\d+(\.\d+)?$/.test(part) ? Number(part) : NaN));
  const [west = NaN, south = NaN, east = NaN, north = NaN] = numbers;
  if (numbers.length !== 4 || numbers.some(Number.isNaN)) {
    throw new GeoCropError('bad-request', `"${text}" is no box.`, {
      hint: 'Write /bbox/{west},{south},{east},{north}.tif in decimal degrees, for example /bbox/29.98,-17.82,30.0,-17.8.tif.',
      context: { bbox: text },
    });
  }
  return [west, south, east, north];
}

function headersOf(box: PlannedBox, versioned: boolean) {
  return {
    ETag: entityTag({ box: box.digest }),
    'Cache-Control': tileCacheControl(box.state, versioned, box.closed),
    'X-GeoCrop-Tile': box.state,
    ...(box.lastModified === null ? {} : { 'Last-Modified': box.lastModified.toUTCString() }),
  };
}

function fileHeaders({ fileName }: PlannedBox): Record<string, string> {
  return { 'Content-Type': CONTENT_TYPE, 'Content-Disposition': `attachment; filename="${fileName}"` };
}

/** The file as it goes out; gone from the disk when it is sent, or nobody wants it any more. */
function bodyOf({ path, remove }: WrittenBox): ReadableStream<Uint8Array> {
  const file = createReadStream(path);
  file.once('close', () => void remove());
  return Readable.toWeb(file) as ReadableStream<Uint8Array>;
}
