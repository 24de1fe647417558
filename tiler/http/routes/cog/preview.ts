import { badParameter } from '../../../cog/ask/asked.js';
import { readAsk } from '../../../cog/ask/read-ask.js';
import { renderAsk } from '../../../cog/ask/render-ask.js';
import { sizeAsk } from '../../../cog/ask/size-ask.js';
import { refuseUnsupported } from '../../../cog/ask/unsupported.js';
import type { CogService } from '../../../cog/cog-service.js';
import type { AppContext, Handler } from '../../deps.js';
import { HttpError } from '../../problem.js';
import { pathParameter } from '../../parameters.js';
import type { Operation } from '../../route.js';
import {
  DST_CRS,
  FORMAT_PARAMETER,
  IMAGE_ANSWERS,
  READ_PARAMETERS,
  RENDER_PARAMETERS,
  SIZE_NAME,
  SIZE_PARAMETERS,
  URL_PARAMETER,
} from './parameters.js';
import { askedOf, askedUrl, respond } from './respond.js';
import { parseSizeName, type SizeName } from './size-name.js';

const SHARED = [URL_PARAMETER, ...READ_PARAMETERS, ...RENDER_PARAMETERS, DST_CRS];

export const PREVIEW_OPERATION: Operation = {
  summary: 'All of a file as one picture',
  tag: 'cog',
  parameters: [
    pathParameter(
      'preview',
      'preview, or preview.{format}.',
      { type: 'string', pattern: '^preview(\\.\\w+)?$' },
      'preview.png',
    ),
    ...SHARED,
    ...SIZE_PARAMETERS,
    FORMAT_PARAMETER,
  ],
  answers: IMAGE_ANSWERS,
};

export const SIZED_PREVIEW_OPERATION: Operation = {
  summary: 'All of a file as a picture of a size',
  tag: 'cog',
  parameters: [SIZE_NAME, ...SHARED],
  answers: IMAGE_ANSWERS,
};

/** What TiTiler gives where nothing is asked for. */
const DEFAULT_MAX_SIZE = 1024;

/** GET /cog/preview[.format]. The route takes every name in this place: what is none of ours is 404. */
export function previewRoute(cog: CogService): Handler {
  return (c) => {
    const [, format] = /^preview(?:\.(.*))?$/.exec(c.req.param('preview') ?? '') ?? unknownPath(c);
    return preview(c, cog, { format });
  };
}

/** GET /cog/preview/{width}x{height}.{format}. */
export function sizedPreviewRoute(cog: CogService): Handler {
  return (c) => preview(c, cog, parseSizeName(c.req.param('size') ?? ''));
}

function preview(
  c: AppContext,
  cog: CogService,
  path: { readonly [K in keyof SizeName]?: string | undefined },
): Promise<Response> {
  const asked = askedOf(c);
  refuseUnsupported(asked);
  const outputCrs = asked.last('dst_crs');
  if (outputCrs === '') throw badParameter('dst_crs', outputCrs, 'a reference system');
  return respond(c, cog, {
    url: askedUrl(asked),
    job: {
      kind: 'preview',
      size: sizeAsk(asked, path, DEFAULT_MAX_SIZE),
      ...(outputCrs === undefined ? {} : { outputCrs }),
      read: readAsk(asked),
      render: renderAsk(asked, path.format),
    },
  });
}

function unknownPath(c: AppContext): never {
  throw new HttpError(
    'not-found',
    `There is nothing at ${c.req.path}.`,
    '/openapi.json lists what there is.',
  );
}
