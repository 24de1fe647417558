import { badParameter } from '../../../cog/ask/asked.js';
import { readAsk } from '../../../cog/ask/read-ask.js';
import { renderAsk } from '../../../cog/ask/render-ask.js';
import { sizeAsk } from '../../../cog/ask/size-ask.js';
import { refuseUnsupported } from '../../../cog/ask/unsupported.js';
import { finiteNumber } from '../../../cog/ask/values.js';
import type { CogService } from '../../../cog/cog-service.js';
import type { AppContext, Handler } from '../../deps.js';
import { pathParameter } from '../../parameters.js';
import type { Operation } from '../../route.js';
import {
  COORD_CRS,
  DST_CRS,
  IMAGE_ANSWERS,
  READ_PARAMETERS,
  RENDER_PARAMETERS,
  SIZE_NAME,
  SIZE_PARAMETERS,
  URL_PARAMETER,
} from './parameters.js';
import { askedOf, askedUrl, respond } from './respond.js';
import { parseSizeName, type SizeName } from './size-name.js';

const SHARED = [URL_PARAMETER, ...READ_PARAMETERS, ...RENDER_PARAMETERS, COORD_CRS, DST_CRS];

export const COG_BBOX_OPERATION: Operation = {
  summary: 'A part of a file as a picture',
  description: 'As many pixels as the file has there, unless max_size, width or height say otherwise.',
  tag: 'cog',
  parameters: [
    pathParameter(
      'bbox',
      '{minx},{miny},{maxx},{maxy}.{format}: a box in coord_crs.',
      { type: 'string' },
      '30,-18,30.2,-17.8.png',
    ),
    ...SHARED,
    ...SIZE_PARAMETERS,
  ],
  answers: IMAGE_ANSWERS,
};

export const SIZED_BBOX_OPERATION: Operation = {
  summary: 'A part of a file as a picture of a size',
  tag: 'cog',
  parameters: [
    pathParameter(
      'bbox',
      '{minx},{miny},{maxx},{maxy}: a box in coord_crs.',
      { type: 'string' },
      '30,-18,30.2,-17.8',
    ),
    SIZE_NAME,
    ...SHARED,
  ],
  answers: IMAGE_ANSWERS,
};

/** GET /cog/bbox/{minx},{miny},{maxx},{maxy}.{format}. */
export function cogBboxRoute(cog: CogService): Handler {
  return (c) => {
    const text = c.req.param('bbox') ?? '';
    const [, box, format] = /^(.+)\.([A-Za-z]+)$/.exec(text) ?? [];
    if (box === undefined || format === undefined) {
      throw badParameter('bbox', text, 'of the form {minx},{miny},{maxx},{maxy}.{format}');
    }
    return part(c, cog, box, { format });
  };
}

/** GET /cog/bbox/{minx},{miny},{maxx},{maxy}/{width}x{height}.{format}. */
export function sizedCogBboxRoute(cog: CogService): Handler {
  return (c) => part(c, cog, c.req.param('bbox') ?? '', parseSizeName(c.req.param('size') ?? ''));
}

function part(
  c: AppContext,
  cog: CogService,
  box: string,
  path: { readonly [K in keyof SizeName]?: string | undefined },
): Promise<Response> {
  const asked = askedOf(c);
  refuseUnsupported(asked);
  const outputCrs = asked.last('dst_crs');
  return respond(c, cog, {
    url: askedUrl(asked),
    job: {
      kind: 'part',
      bounds: parseBox(box),
      crs: asked.last('coord_crs') ?? 'EPSG:4326',
      ...(outputCrs === undefined ? {} : { outputCrs }),
      size: sizeAsk(asked, path),
      read: readAsk(asked),
      render: renderAsk(asked, path.format),
    },
  });
}

function parseBox(text: string): readonly [number, number, number, number] {
  const [minX, minY, maxX, maxY, ...more] = text.split(',').map(finiteNumber);
  const whole =
    minX !== undefined && minY !== undefined && maxX !== undefined && maxY !== undefined && more.length === 0;
  if (!whole || minX >= maxX || minY >= maxY) {
    throw badParameter('bbox', text, 'a box of four numbers: the smallest x and y, then the largest');
  }
  return [minX, minY, maxX, maxY];
}
