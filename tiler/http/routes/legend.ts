import { GeoCropError } from '../../../engine/errors.js';
import { legendPicture } from '../../legend/legend-picture.js';
import { legendPng } from '../../legend/legend-png.js';
import { qmlDocument } from '../../qgis/qml.js';
import { SHORT } from '../caching.js';
import type { AppDeps, Handler } from '../deps.js';
import { entityTag, matchesIfNoneMatch } from '../etag.js';
import { jsonAnswer } from '../json-answer.js';
import { NOT_MODIFIED, SHOWN_PARAMETERS, json } from '../parameters.js';
import type { Query } from '../query.js';
import { given } from '../query.js';
import type { Operation, Parameter, Route } from '../route.js';
import { shownLayer } from '../shown-layer.js';
import { textAnswer } from '../text-answer.js';

const MAX_SCALE = 4;

const PICTURE_PARAMETERS: readonly Parameter[] = [
  {
    name: 'scale',
    in: 'query',
    description: 'How many times as large as on a plain screen.',
    schema: { type: 'integer', minimum: 1, maximum: MAX_SCALE, default: 1 },
  },
  {
    name: 'title',
    in: 'query',
    description: '0: neither title nor credits, for programs that show both themselves.',
    schema: { type: 'string', enum: ['0', '1'], default: '1' },
  },
];

const JSON_OPERATION: Operation = {
  summary: 'What the colours of a layer mean',
  tag: 'map',
  parameters: SHOWN_PARAMETERS,
  answers: json('Classes with their colours, or the stops of a ramp'),
};
const PNG_OPERATION: Operation = {
  summary: 'The legend of a layer as a picture',
  tag: 'standards',
  parameters: [...SHOWN_PARAMETERS, ...PICTURE_PARAMETERS],
  answers: {
    200: {
      description: 'Classes with their colours, or a ramp with its values and unit',
      content: { 'image/png': { type: 'string', format: 'binary' } },
    },
    ...NOT_MODIFIED,
  },
};
const QML_OPERATION: Operation = {
  summary: 'The style of a layer for QGIS',
  description: 'For files with the numbers themselves: .tif tiles, areas, and what is archived.',
  tag: 'standards',
  parameters: SHOWN_PARAMETERS,
  answers: {
    200: { description: 'QGIS style', content: { 'application/xml': { type: 'string' } } },
    ...NOT_MODIFIED,
  },
};

/** GET /legend.json, /legend.png, /legend.qml: what the colours of a layer mean. */
export function legendRoutes(deps: AppDeps): readonly Route[] {
  return [
    { method: 'get', path: '/legend.json', operation: JSON_OPERATION, handler: legendJson(deps) },
    { method: 'get', path: '/legend.png', operation: PNG_OPERATION, handler: legendPicturePng(deps) },
    { method: 'get', path: '/legend.qml', operation: QML_OPERATION, handler: legendQml(deps) },
  ];
}

function legendJson(deps: AppDeps): Handler {
  return async (c) => {
    const { legend } = await shownLayer(deps, (name) => c.req.query(name));
    return jsonAnswer(legend, c.req.header('If-None-Match'), SHORT);
  };
}

function legendPicturePng(deps: AppDeps): Handler {
  return async (c) => {
    const query: Query = (name) => c.req.query(name);
    const { legend, subtitle } = await shownLayer(deps, query);
    const scale = parseScale(query('scale'));
    const titled = query('title') !== '0';
    // Known before it is drawn.
    const etag = entityTag({ legend, subtitle, titled, scale });
    const headers = { ETag: etag, 'Cache-Control': SHORT };
    if (matchesIfNoneMatch(c.req.header('If-None-Match'), etag)) {
      return new Response(null, { status: 304, headers });
    }
    const body = await legendPng(legendPicture(legend, { subtitle, titled }), scale);
    return new Response(body, {
      headers: { ...headers, 'Content-Type': 'image/png', 'Content-Length': String(body.byteLength) },
    });
  };
}

function legendQml(deps: AppDeps): Handler {
  return async (c) => {
    const { legend } = await shownLayer(deps, (name) => c.req.query(name));
    return textAnswer(c, qmlDocument(legend), { contentType: 'application/xml', cacheControl: SHORT });
  };
}

function parseScale(text: string | undefined): number {
  const asked = given(text) ?? '1';
  const scale = /^[1-9]$/.test(asked) ? Number(asked) : Number.NaN;
  if (scale <= MAX_SCALE) return scale;
  throw new GeoCropError('bad-request', `scale = "${asked}" is not a whole number from 1 to ${MAX_SCALE}.`, {
    hint: 'Leave it out, or write scale=2 for a sharper picture.',
    context: { scale: asked },
  });
}
